import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Ago } from '#components/reader-moment.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { KEYS_SHOWN, type KeyChoice, keysFor, openRequest } from '#lib/activations/approve.ts'
import type { DeviceRequest } from '#lib/activations/device-requests.ts'
import { currentUser, requireCustomer } from '#lib/auth/session.ts'
import type { Customer } from '#lib/base/actor.ts'
import { brandOf } from '#lib/mail-settings/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader, type Reader } from '#lib/words/reader.ts'
import { DeviceFacts } from '../device-facts.tsx'
import { PurchasesFrame } from '../purchases-frame.tsx'
import { Seller } from '../seller.tsx'
import { limitInWords } from '../too-often.ts'
import { ApproveForm, type ShownKey } from './approve-form.tsx'
import { CodeForm } from './code-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.approve.title },
  ...{ referrer: 'same-origin', robots: { index: false } },
})

/** Where somebody types the code that software shows, sees what is asking, and lets it use one of their keys. */
export default async function ApprovePage({ searchParams }: PageProps<'/purchases/activate'>) {
  const asked = await searchParams
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value) ?? ''
  const [code, sealed] = [one(asked.code).slice(0, 40), one(asked.request)]
  const customer = await requireCustomer(paths.approveDevice(sealed ? { request: sealed } : { code }))
  const now = new Date()
  const [request, user, reader] = await Promise.all([
    sealed ? openRequest(customer, sealed, now) : null,
    currentUser(),
    currentReader(),
  ])
  const { approve: say } = reader.words
  return (
    <PurchasesFrame email={customer.email} hasDashboard={Boolean(user?.memberships.length)} reader={reader}>
      {request ? (
        <Request {...{ customer, request, sealed, reader, now }} />
      ) : sealed ? (
        <Told title={say.overTitle} another={say.another}>
          {say.over}
        </Told>
      ) : (
        <div className="mt-2 grid gap-5">
          <Heading title={say.title}>{say.codeAbout}</Heading>
          <CodeForm code={code} words={{ code: say.code, button: say.codeButton }} />
        </div>
      )}
    </PurchasesFrame>
  )
}

type Asked = { customer: Customer; request: DeviceRequest; sealed: string; reader: Reader; now: Date }

async function Request({ customer, request, sealed, reader, now }: Asked) {
  const { words } = reader
  const { approve: say } = words
  const brand = await brandOf(request.organizationId)
  if (request.state !== 'open')
    return (
      <>
        <Seller brand={brand} words={words} />
        {request.state === 'approved' ? (
          <Told title={say.doneTitle}>{say.done(request.label)}</Told>
        ) : (
          <Told title={say.deniedTitle}>{say.denied}</Told>
        )}
      </>
    )
  const { keys, total } = await keysFor(customer, request, now)
  return (
    <>
      <Seller brand={brand} words={words} />
      <div className="mt-2 grid max-w-[560px] gap-5">
        <Heading title={say.ask(request.label)} />
        <Notice tone="warn" title={say.warningTitle}>
          {say.warning}
        </Notice>
        <Facts {...{ request, seller: brand.name, reader, now }} />
        {keys.length === 0 && (
          <div>
            <h2 className="font-medium">{say.noneTitle}</h2>
            <p className="mt-1 text-pretty text-mute">{say.none(brand.name, customer.email)}</p>
          </div>
        )}
        {total > KEYS_SHOWN && <p className="text-mute">{say.newest(KEYS_SHOWN)}</p>}
        <ApproveForm
          request={sealed}
          label={request.label}
          keys={keys.map((key) => shownKey(key, reader, now))}
          words={{ choose: say.choose, stops: say.stops, name: say.name, button: say.button, deny: say.deny }}
        />
      </div>
    </>
  )
}

function shownKey(key: KeyChoice, { words, zone }: Reader, now: Date): ShownKey {
  const { approve: say, devices: of } = words
  return {
    ...{ id: key.id, name: key.name, ending: `…${key.lastCharacters}`, isFree: key.do === 'free' },
    facts: key.limit === null ? of.count(key.used) : of.usedOf(key.used, key.limit),
    why: key.do === 'no' ? say.no[key.why] : key.do === 'wait' ? limitInWords(key.limitOf, { words, zone }) : null,
    devices:
      key.do === 'choose'
        ? key.devices.map((device) => ({
            ...{ id: device.id, name: say.replaces(device.label) },
            facts: <DeviceFacts device={device} words={words} zone={zone ?? 'UTC'} now={now} />,
          }))
        : [],
  }
}

function Facts({
  request,
  seller,
  reader: { words, zone },
  now,
}: {
  request: DeviceRequest
  seller: string
  reader: Reader
  now: Date
}) {
  const { approve: say } = words
  const rows: [string, ReactNode][] = [
    [say.seller, seller],
    [say.asked, <Ago key="asked" value={request.createdAt} words={words} zone={zone ?? 'UTC'} now={now} />],
    ...(request.address ? [[say.address, request.address] as [string, ReactNode]] : []),
    ...(request.program ? [[say.program, request.program] as [string, ReactNode]] : []),
  ]
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      {rows.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-mute">{term}</dt>
          <dd className="[overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const Heading = ({ title, children }: { title: string; children?: string }) => (
  <div>
    <h1 className="text-pretty font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">{title}</h1>
    {children && <p className="mt-1 text-pretty text-mute">{children}</p>}
  </div>
)

const Told = ({ title, another, children }: { title: string; another?: string; children: string }) => (
  <div className="mt-6 rounded-card border border-line bg-panel shadow-soft">
    <h1 className="sr-only">{title}</h1>
    <EmptyState title={title}>{children}</EmptyState>
    {another && (
      <p className="pb-8 text-center">
        <a href={paths.approveDevice()} className="rounded-xs font-medium underline underline-offset-2">
          {another}
        </a>
      </p>
    )}
  </div>
)
