import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { Card } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { isOfThisMachine } from '#lib/base/networks.ts'
import type { StoreSetup } from '#lib/store-facts/setup.ts'
import * as paths from '#lib/web/paths.ts'

/** What to do in the store's own pages, in its own words, with our address to copy. */
export function SetUpCard({
  setup,
  address,
  open,
  trial,
}: {
  setup: StoreSetup
  address: string
  open: boolean
  /** Commands that send something, for whoever writes the shop. */
  trial: string | null
}) {
  return (
    <Card>
      <details open={open} className="group">
        <summary className="flex min-h-[41px] cursor-pointer items-center gap-2 px-3.5 py-1.5 focus-visible:-outline-offset-2">
          <ChevronRight
            size={14}
            aria-hidden="true"
            className="shrink-0 text-mute transition-transform duration-100 group-open:rotate-90"
          />
          <h2 className="font-medium">
            {setup.secret?.madeBy === 'latchkey' ? 'Set up your shop' : `Set up in ${setup.label}`}
          </h2>
        </summary>
        <ol className="grid gap-3 border-line2 border-t px-3.5 py-3.5">
          {setup.steps.map((step, at) => (
            <li key={step} className="grid grid-cols-[20px_minmax(0,1fr)] gap-x-2.5">
              <span
                aria-hidden="true"
                className="grid size-5 place-items-center rounded-full border border-line text-mute text-xs"
              >
                {at + 1}
              </span>
              <div className="grid min-w-0 gap-2">
                <p className="text-pretty">{withAddress(step)}</p>
                {step.includes('{address}') && <Address address={address} store={setup.label} />}
                {/events? below/.test(step) && (
                  <ul aria-label="Events" className="flex flex-wrap gap-1">
                    {setup.events.map((event) => (
                      <li key={event} className="rounded-sm bg-line2 px-1.5 py-px font-mono text-xs">
                        {event}
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            </li>
          ))}
        </ol>
        {setup.secret?.madeBy === 'latchkey' && (
          <p className="px-3.5 pb-3.5">
            <Link href={paths.ownShop()} className="rounded-xs text-accent underline underline-offset-2">
              Every message with its fields, examples and the signature in code
            </Link>
          </p>
        )}
        {trial && (
          <div className="px-3.5 pb-3.5">
            <CodeBlock title="Try it in a shell, with your secret in place of whsec_…" code={trial} wrap />
          </div>
        )}
        {setup.notes.length > 0 && (
          <div className="border-line2 border-t px-3.5 py-3">
            <h3 className="font-medium text-sm">Good to know</h3>
            <ul className="mt-1 grid list-disc gap-1 pl-4 text-pretty text-mute marker:text-faint">
              {setup.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </div>
        )}
      </details>
    </Card>
  )
}

function withAddress(step: string) {
  const [before, ...after] = step.split('{address}')
  if (after.length === 0) return step
  return (
    <>
      {before}
      <b className="font-medium">this address</b>
      {after.join('this address')}
    </>
  )
}

function Address({ address, store }: { address: string; store: string }) {
  return (
    <>
      {isOfThisMachine(address) && (
        <Notice
          tone="warn"
          title="Only programs on this machine reach this address."
        >{`For ${store} anywhere else, set LATCHKEY_URL to the address that people use, start Latchkey again, and copy it anew.`}</Notice>
      )}
      <div className="flex items-center gap-2 rounded-control border border-line bg-line2 py-1 pr-1 pl-2.5">
        <code className="min-w-0 flex-1 select-all break-all font-mono text-sm">{address}</code>
        <CopyButton value={address} label="Copy address" size="sm">
          Copy
        </CopyButton>
      </div>
    </>
  )
}
