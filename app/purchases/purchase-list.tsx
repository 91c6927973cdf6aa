import type { Route } from 'next'
import { MaskedKey } from '#components/masked-key.tsx'
import { Day } from '#components/reader-moment.tsx'
import { buttonLook } from '#components/ui/button-look.ts'
import { Card } from '#components/ui/card.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Picture } from '#components/ui/picture.tsx'
import { Status } from '#components/ui/status.tsx'
import { toneText } from '#components/ui/tones.ts'
import { statusLook } from '#lib/license-keys/look.ts'
import { purchaseForCustomer } from '#lib/purchases/look.ts'
import type { PurchasedKey, PurchaseSummary, pageOfPurchases } from '#lib/purchases/own.ts'
import type { Reader } from '#lib/words/reader.ts'
import { endFor } from '#lib/words/rules.ts'
import { copyKeys } from './actions.ts'
import { CopyKeys } from './copy-keys.tsx'
import { Pages } from './pages.tsx'
import { SearchForm } from './search-form.tsx'

/** From so many purchases or keys on there is something to search. */
const SEARCHED_FROM = 6

/** Where links lead: to the list, with a search, one purchase or a page; and to a key. */
export type Ways = {
  list: (query?: { q?: string; purchase?: string; page?: number | null }) => Route
  key: (id: string) => Route
}

/** What somebody bought, or of one purchase all keys. */
export function PurchaseList({
  found: { purchases, all, page, pages },
  q,
  isOne,
  reader,
  ways,
}: {
  found: Awaited<ReturnType<typeof pageOfPurchases>>
  /** What was searched. */
  q: string
  /** Only one was asked for. */
  isOne: boolean
  reader: Reader
  ways: Ways
}) {
  const { words } = reader
  const single = isOne ? purchases[0] : undefined
  const isLong = all >= SEARCHED_FROM || q !== ''
  return (
    <>
      {single && (
        <p className="mb-2 text-mute">
          <a href={ways.list()} className="rounded-xs hover:text-ink">
            ← {words.frame.yourPurchases}
          </a>
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <h1 className="min-w-0 text-pretty font-semibold text-xl tracking-tight">
          {single ? words.list.allKeysOf(single.product) : words.frame.yourPurchases}
        </h1>
        {isLong && !single && <SearchForm q={q} words={words} />}
      </div>
      {purchases.length === 0 ? (
        <Card className="mt-4">
          {q ? (
            <EmptyState
              title={words.list.nothingFound(q)}
              actions={
                <a href={ways.list()} className={buttonLook('secondary')}>
                  {words.list.clear}
                </a>
              }
            >
              {words.list.nothingFoundAbout}
            </EmptyState>
          ) : (
            <EmptyState title={words.list.none}>{words.list.noneAbout}</EmptyState>
          )}
        </Card>
      ) : (
        <ul className={single ? 'mt-4 grid' : 'mt-4 grid grid-cols-1 items-start gap-3.5 md:grid-cols-2'}>
          {purchases.map((purchase) => (
            <PurchaseCard key={purchase.id} purchase={purchase} isAlone={Boolean(single)} reader={reader} ways={ways} />
          ))}
        </ul>
      )}
      <Pages
        page={page}
        pages={pages}
        words={words}
        address={(to) => ways.list({ q, ...(single && { purchase: single.id }), page: to > 1 ? to : null })}
      />
    </>
  )
}

function PurchaseCard({
  purchase,
  isAlone,
  reader: { words, zone: own },
  ways,
}: {
  purchase: PurchaseSummary
  isAlone: boolean
  reader: Reader
  ways: Ways
}) {
  const { organization, standing, keys, keyCount } = purchase
  const zone = own ?? organization.timeZone
  const said = standing && purchaseForCustomer(standing.shown, standing, words, (moment) => endFor(words, moment, zone))
  return (
    <Card as="li">
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-2 px-3.5 pt-3 pb-2.5">
        <div className="min-w-0">
          <h2 className="truncate font-medium text-md">{purchase.product}</h2>
          <p className="break-words text-mute">
            {organization.name} · <Day value={purchase.at} words={words} zone={zone} />
            {purchase.reference && (
              <>
                {' · '}
                <span className="inline-block max-w-full">{purchase.reference}</span>
              </>
            )}
            {said && <span className={toneText[said.tone]}> · {said.text}</span>}
          </p>
        </div>
        {keyCount > 1 && purchase.reference !== null && (
          <CopyKeys
            action={copyKeys}
            purchaseId={purchase.id}
            label={words.list.copyAll(keyCount)}
            words={{ copied: words.frame.copied, copyFailed: words.frame.copyFailed }}
          />
        )}
      </div>
      {keys.map((key) => (
        <KeyLink key={key.id} licenseKey={key} words={words} ways={ways} />
      ))}
      {keyCount > keys.length && !isAlone && (
        <a
          href={ways.list({ purchase: purchase.id })}
          className="block rounded-b-card border-line2 border-t px-3.5 py-2.5 font-medium hover:bg-line2 focus-visible:-outline-offset-2"
        >
          {words.list.showAll(keyCount)}
        </a>
      )}
      {keys.length === 0 && <p className="border-line2 border-t px-3.5 py-2.5 text-mute">{words.list.noKey}</p>}
    </Card>
  )
}

function KeyLink({ licenseKey, words, ways }: { licenseKey: PurchasedKey; words: Reader['words']; ways: Ways }) {
  const { status } = licenseKey
  return (
    <a
      href={ways.key(licenseKey.id)}
      className="flex items-center gap-3 border-line2 border-t px-3.5 py-2.5 hover:bg-line2 focus-visible:-outline-offset-2"
    >
      <span className="grid min-w-0 flex-1 gap-x-3">
        <MaskedKey masked={licenseKey.masked} />
        <span className="flex min-w-0 flex-wrap gap-x-3">
          <Status tone={statusLook[status].tone} label={words.status[status]} className="whitespace-normal" />
          <span className="text-mute">{devicesInWords(licenseKey.devices, words)}</span>
        </span>
      </span>
      <Picture size={16} className="shrink-0 text-mute">
        <path d="m9 18 6-6-6-6" />
      </Picture>
    </a>
  )
}

function devicesInWords({ mode, used, limit }: PurchasedKey['devices'], { devices: say }: Reader['words']): string {
  if (mode === 'off' || (used === 0 && limit === null)) return ''
  return limit === null ? say.count(used) : say.usedOf(used, limit)
}
