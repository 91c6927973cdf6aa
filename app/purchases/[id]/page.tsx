import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { buttonLook } from '#components/ui/button-look.ts'
import { Card, CardBody } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Markdown } from '#components/ui/markdown.tsx'
import { Meter } from '#components/ui/meter.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { currentUser, requireCustomer } from '#lib/auth/session.ts'
import { endInWords, longDay } from '#lib/base/days.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { statusLook } from '#lib/license-keys/look.ts'
import { getPurchasedKey, type PurchasedKeyDetail } from '#lib/purchases/queries.ts'
import { statusAdvice, statusDetail } from '#lib/purchases/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { mailKey } from '../actions.ts'
import { PurchasesFrame } from '../purchases-frame.tsx'
import { DeviceList } from './device-list.tsx'
import { KeyBox } from './key-box.tsx'
import { MailKeyForm } from './mail-key-form.tsx'

export const metadata: Metadata = { title: { absolute: 'License key' }, robots: { index: false } }

/** One key as its owner needs it: the key, how to use it, where it is in use, what is left. */
export default async function PurchasedKeyPage({ params }: PageProps<'/purchases/[id]'>) {
  const { id } = await params
  const customer = await requireCustomer(paths.purchasedKey({ id }))
  const now = new Date()
  const key = await getPurchasedKey(customer, id, now).catch((error) => {
    if (isRefusal(error)) notFound()
    throw error
  })
  const user = await currentUser()
  const day = key.expiresAt && endInWords(key.expiresAt, key.organization.timeZone)
  const advice = statusAdvice(key.status, key.organization.name, day)
  const look = statusLook[key.status]
  const works = key.status === 'active' || key.status === 'expiring' || key.status === 'grace'
  return (
    <PurchasesFrame email={customer.email} hasDashboard={Boolean(user?.memberships.length)}>
      <p className="truncate text-mute">
        <a href={paths.purchases()} className="rounded-xs hover:text-ink">
          Your purchases
        </a>
        <span aria-hidden="true" className="text-faint">
          {' / '}
        </span>
        {key.organization.name}
      </p>
      <h1 className="mt-2 text-pretty font-semibold text-xl tracking-tight">{key.name}</h1>
      <p className="mt-0.5 text-mute">
        <Status tone={look.tone} label={look.forCustomer} /> {statusDetail(key.status, day)}
      </p>
      {advice && (
        <Notice tone={look.tone} className="mt-3">
          {advice}
        </Notice>
      )}
      <div className="mt-3 grid grid-cols-1 items-start gap-3.5 md:grid-cols-2">
        <div className="grid min-w-0 grid-cols-1 gap-3.5">
          <KeyBox keyString={key.keyString} />
          {key.instructions.trim() && (
            <Card>
              <CardBody>
                <h2 className="mb-1 font-medium">How to activate</h2>
                <Markdown className="text-mute [&_strong]:font-medium [&_strong]:text-ink">{key.instructions}</Markdown>
              </CardBody>
            </Card>
          )}
          <Facts licenseKey={key} />
        </div>
        <div className="grid min-w-0 grid-cols-1 gap-3.5">
          {key.devices.mode !== 'off' && (
            <DeviceList
              devices={key.activations}
              limit={key.devices.limit}
              newDevicesBlocked={key.newDevicesBlocked}
              mayNotDeactivate={key.mayNotDeactivate}
              mayNotRename={key.mayNotRename}
              product={key.name}
              organization={key.organization.name}
              works={works}
              now={now}
            />
          )}
          <Usage usage={key.usage} />
          <div className="grid gap-2 [grid-template-columns:repeat(auto-fit,minmax(9rem,1fr))]">
            <MailKeyForm action={mailKey} licenseKeyId={key.id} />
            <Help organization={key.organization} name={key.name} />
          </div>
        </div>
      </div>
    </PurchasesFrame>
  )
}

const periods = { never: '', day: ' today', month: ' this month', year: ' this year' } as const

function Usage({ usage }: { usage: PurchasedKeyDetail['usage'] }) {
  if (usage.limit === null && usage.used === 0) return null
  const left = usage.limit === null ? null : Math.max(0, usage.limit - usage.used)
  return (
    <Card>
      <CardBody className="relative">
        <h2 className="absolute font-medium">Uses{periods[usage.reset]}</h2>
        <Meter label="Uses" used={usage.used} limit={usage.limit} wide className="text-right" />
        {left !== null && (
          <p className="mt-1.5 text-mute">
            {left === 0 ? 'None left.' : `${numberText(left)} left.`}
            {usage.resetsAt && ` Resets on ${longDay(usage.resetsAt, 'UTC')}.`}
          </p>
        )}
      </CardBody>
    </Card>
  )
}

function Facts({ licenseKey }: { licenseKey: PurchasedKeyDetail }) {
  const { purchase, standing, version, entitlements, createdAt } = licenseKey
  return (
    <p className="text-pretty px-0.5 text-mute">
      {purchase ? (
        <>
          Order {purchase.reference}, <DateText value={purchase.purchasedAt} />.
        </>
      ) : (
        <>
          Issued on <DateText value={createdAt} />.
        </>
      )}
      {standing && ` ${standing.text}.`}
      {version && ` Version ${version}.`}
      {entitlements.length > 0 && ` Includes ${entitlements.join(', ')}.`}
    </p>
  )
}

function Help({ organization, name }: { organization: PurchasedKeyDetail['organization']; name: string }) {
  const { supportEmail, websiteUrl } = organization
  const href = supportEmail
    ? `mailto:${supportEmail}?subject=${encodeURIComponent(name)}`
    : websiteUrl && /^https?:/.test(websiteUrl)
      ? websiteUrl
      : null
  return (
    href && (
      <a href={href} className={buttonLook('secondary', 'md', 'w-full')}>
        Get help
      </a>
    )
  )
}
