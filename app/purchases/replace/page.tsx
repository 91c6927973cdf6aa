import type { Metadata } from 'next'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { readAsk } from '#lib/activations/ask.ts'
import { getAsk } from '#lib/activations/replace.ts'
import { currentUser, requireCustomer } from '#lib/auth/session.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { brandOf } from '#lib/mail-settings/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { DeviceFacts } from '../device-facts.tsx'
import { PurchasesFrame } from '../purchases-frame.tsx'
import { Seller } from '../seller.tsx'
import { limitInWords } from '../too-often.ts'
import { ReplaceForm } from './replace-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.replace.title },
  ...{ referrer: 'same-origin', robots: { index: false } },
})

/** Where software leads people when all places of a key are taken: one of their devices gives its place to the new one. */
export default async function ReplacePage({ searchParams }: PageProps<'/purchases/replace'>) {
  const { ask: asked } = await searchParams
  const sealed = (Array.isArray(asked) ? asked[0] : asked) ?? ''
  const customer = await requireCustomer(paths.replaceDevice({ ask: sealed }))
  const now = new Date()
  const ask = readAsk(sealed, now)
  const [found, user, reader] = await Promise.all([
    ask &&
      getAsk(customer, ask, now).catch((error) => {
        if (isRefusal(error)) return null
        throw error
      }),
    currentUser(),
    currentReader(),
  ])
  const { words } = reader
  const { replace: say } = words
  const frame = { email: customer.email, hasDashboard: Boolean(user?.memberships.length), reader }
  if (!ask || !found)
    return (
      <PurchasesFrame {...frame}>
        <Told title={say.overTitle}>{say.over}</Told>
      </PurchasesFrame>
    )
  const { name, limit, state, activations, timeZone } = found
  const brand = await brandOf(found.organizationId)
  const zone = reader.zone ?? timeZone
  return (
    <PurchasesFrame {...frame}>
      <Seller brand={brand} words={words} />
      {state.do === 'there' && <Told title={say.doneTitle}>{say.done(ask.label)}</Told>}
      {state.do === 'free' && <Told title={say.freeTitle}>{say.free}</Told>}
      {state.do !== 'there' && state.do !== 'free' && (
        <div className="mt-2 grid max-w-[560px] gap-4">
          <div>
            <h1 className="text-pretty font-semibold text-xl tracking-tight">{say.title}</h1>
            <p className="mt-1 text-pretty text-mute">{say.about(name, limit ?? activations.length)}</p>
          </div>
          <p>
            <span className="text-mute">{say.newDevice}</span>{' '}
            <strong className="font-medium [overflow-wrap:anywhere]">{ask.label}</strong>
          </p>
          {state.do === 'no' && <Notice tone="warn">{say.gone}</Notice>}
          {state.do === 'forbidden' && <Notice tone="warn">{say.notAllowed(brand.name)}</Notice>}
          {state.do === 'wait' && <Notice tone="warn">{limitInWords(state.limit, { words, zone })}</Notice>}
          {state.do === 'choose' && (
            <>
              {state.left !== null && <p className="text-mute">{say.leftThisYear(state.left)}</p>}
              <ReplaceForm
                ask={sealed}
                words={{ choose: say.choose, warning: say.warning(name), button: say.button }}
                devices={activations.map((device) => ({
                  ...{ id: device.id, name: device.label },
                  facts: <DeviceFacts device={device} words={words} zone={zone} now={now} />,
                }))}
              />
            </>
          )}
        </div>
      )}
    </PurchasesFrame>
  )
}

const Told = ({ title, children }: { title: string; children: string }) => (
  <div className="mt-6 rounded-card border border-line bg-panel shadow-soft">
    <h1 className="sr-only">{title}</h1>
    <EmptyState title={title}>{children}</EmptyState>
  </div>
)
