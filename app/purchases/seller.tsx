import type { Route } from 'next'
import { buttonLook } from '#components/ui/button-look.ts'
import { shownSize } from '#lib/mail-settings/logo.ts'
import { seenOn } from '#lib/mail-settings/rules.ts'
import type { PurchasedKeyDetail } from '#lib/purchases/own.ts'
import * as paths from '#lib/web/paths.ts'
import type { Words } from '#lib/words/en.ts'

type Brand = PurchasedKeyDetail['brand']

// The grounds of globals.css: the color stands apart from either.
const GROUND = { light: '#faf9f7', dark: '#12110f' } as const

/** Whose key it is, as the seller's mails look, and the way back. */
export function Seller({
  brand: { name, logo, color, websiteUrl },
  words,
  home = paths.purchases(),
}: {
  brand: Brand
  words: Words
  /** The list that it is in. */
  home?: Route
}) {
  const size = logo && shownSize(logo)
  const website = websiteUrl && /^https?:/.test(websiteUrl) ? websiteUrl : null
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <p className="min-w-0 flex-1 basis-48 truncate text-mute">
        <a href={home} className="rounded-xs hover:text-ink" data-print="hide">
          {words.frame.yourPurchases}
        </a>
        <span aria-hidden="true" className="text-faint" data-print="hide">
          {' / '}
        </span>
        {color && (
          <span
            aria-hidden="true"
            className="mr-1.5 inline-block size-2.5 rounded-[3px] bg-[var(--light)] dark:bg-[var(--dark)]"
            style={{ '--light': seenOn(color, GROUND.light), '--dark': seenOn(color, GROUND.dark) } as object}
          />
        )}
        {website ? (
          <a href={website} rel="noopener noreferrer" className="rounded-xs hover:text-ink">
            {name}
          </a>
        ) : (
          name
        )}
      </p>
      {logo && size && (
        // On white, as in mails: a logo with a transparent ground may be dark.
        // biome-ignore lint/performance/noImgElement: it is in the page already
        <img
          src={`data:${logo.type};base64,${logo.base64}`}
          alt=""
          width={size.width}
          height={size.height}
          className="max-w-full rounded-xs dark:bg-white dark:p-1"
        />
      )}
    </div>
  )
}

/** Where the seller helps. */
export function Help({ brand, about, words }: { brand: Brand; about: string; words: Words }) {
  const { support, websiteUrl } = brand
  const href = support
    ? support.href.startsWith('mailto:')
      ? `${support.href}?subject=${encodeURIComponent(about)}`
      : support.href
    : websiteUrl
  if (!href || !/^(https?|mailto):/.test(href)) return null
  return (
    <a href={href} rel="noopener noreferrer" className={buttonLook('secondary', 'md')}>
      {words.key.help}
    </a>
  )
}
