import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { createLoader } from 'nuqs/server'
import { cache } from 'react'
import { EmailText } from '#components/email-text.tsx'
import { EventList } from '#components/event-list.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { MetadataList } from '#components/metadata-list.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { BarChart } from '#components/ui/bar-chart.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { countText } from '#components/ui/number-text.ts'
import { DateText } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listEvents } from '#lib/events/queries.ts'
import { keyTroubles } from '#lib/license-keys/list.ts'
import { getLicenseKey, type LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import { reasonsInWords } from '#lib/license-keys/rules.ts'
import { mailState } from '#lib/mail/queries.ts'
import { found } from '#lib/web/page.ts'
import { DeviceList } from './device-list.tsx'
import { KeyHeader } from './key-header.tsx'
import { KeyNumbers } from './key-numbers.tsx'
import { KeyTrouble } from './key-trouble.tsx'
import { NoteCard } from './note-card.tsx'
import { HISTORY_STEP, historyParams } from './params.ts'

type Props = PageProps<'/dashboard/[organization]/license-keys/[id]'>

// The title and the page ask for the same key.
const keyOfPage = cache(async (organization: string, id: string) => {
  const merchant = await requireMerchant(organization)
  const now = new Date()
  return { merchant, now, key: await found(getLicenseKey(merchant, id, now)) }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = await params
  return { title: (await keyOfPage(organization, id)).key.masked }
}

/** Everything about one key: what is wrong with it, its limits, its devices and what happened to it. */
export default async function LicenseKeyPage({ params, searchParams }: Props) {
  const [{ organization, id }, { history }] = await Promise.all([params, createLoader(historyParams)(searchParams)])
  const { merchant, now, key } = await keyOfPage(organization, id)
  const [{ events, total }, mail, troubles] = await Promise.all([
    listEvents(merchant, { licenseKeyId: id }, { page: 1, size: history }),
    mailState(merchant),
    keyTroubles(merchant, id, now),
  ])
  const base = `/dashboard/${organization}`
  const mayWrite = roleMay(merchant.role, 'keys.write')
  return (
    <>
      <KeyHeader
        organization={organization}
        licenseKey={{
          id: key.id,
          masked: key.masked,
          storedStatus: key.storedStatus,
          revokedFor: key.revokedFor,
          held: key.held,
          takesDevices: key.limits.activations.mode !== 'off',
          devices: key.devices,
          used: key.used,
          email: key.customer.email,
        }}
        status={<KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />}
        mailWay={mail.way}
        mayReveal={roleMay(merchant.role, 'keys.reveal')}
        mayWrite={mayWrite}
        now={now}
      />
      <PageBody aside={<Facts licenseKey={key} base={base} organization={organization} mayWrite={mayWrite} />}>
        <KeyTrouble organization={organization} licenseKey={key} troubles={troubles} mayWrite={mayWrite} now={now} />
        <KeyNumbers licenseKey={key} troubles={troubles} now={now} />
        <DeviceList
          organization={organization}
          devices={key.activations}
          limits={key.limits}
          newDevicesBlocked={key.newDevicesBlocked}
          mayWrite={mayWrite}
          now={now}
        />
        <Card>
          <CardHeader title={<span id="history">History</span>}>{countText(total, 'event')}</CardHeader>
          <EventList events={events} now={now} />
          {total > events.length && (
            <div className="border-line2 border-t px-3.5 py-2">
              <Link
                scroll={false}
                href={`${base}/license-keys/${id}?history=${history + HISTORY_STEP}` as Route}
                className="rounded-xs font-medium text-mute hover:text-ink"
              >
                Show {Math.min(HISTORY_STEP, total - events.length)} more
              </Link>
            </div>
          )}
        </Card>
      </PageBody>
    </>
  )
}

function Facts({
  licenseKey,
  base,
  organization,
  mayWrite,
}: {
  licenseKey: LicenseKeyDetail
  base: string
  organization: string
  mayWrite: boolean
}) {
  const { customer, product, configuration, purchase } = licenseKey
  return (
    <>
      <DescriptionList className="pt-1">
        <Description name="Customer">
          <TextLink href={`${base}/customers/${customer.id}`}>{customer.name ?? customer.email}</TextLink>
          {customer.name && (
            <span className="block text-mute">
              <EmailText email={customer.email} />
            </span>
          )}
        </Description>
        <Description name="Product">
          {product && <TextLink href={`${base}/products/${product.id}`}>{product.name}</TextLink>}
        </Description>
        <Description name="Configuration">
          <TextLink href={`${base}/key-configurations/${configuration.id}`}>{configuration.name}</TextLink>
        </Description>
        <Description name="Purchase">
          {purchase && (
            <>
              {purchase.reference}
              {purchase.status !== 'active' && (
                <>
                  {' '}
                  <Badge tone="bad">{purchase.status}</Badge>
                </>
              )}
              <span className="block text-mute">
                {sourceWords[purchase.source]}, {purchase.kind === 'subscription' ? 'subscription' : 'one-time'}
              </span>
            </>
          )}
        </Description>
        <Description name="Revoked because">
          {licenseKey.revokedFor.length > 0 ? reasonsInWords(licenseKey.revokedFor) : undefined}
        </Description>
        <Description name="Held">
          {licenseKey.held ? (
            <>
              <Badge tone="warn">Held</Badge>
              <span className="block text-mute">Someone chose to keep this key, whatever happens to its purchase.</span>
            </>
          ) : undefined}
        </Description>
        <Description name="Purchased">{purchase && <DateText value={purchase.purchasedAt} />}</Description>
        <Description name="Issued">
          <DateText value={licenseKey.createdAt} />
        </Description>
        <Description name="Version">{licenseKey.version}</Description>
        <Description name="Entitlements">
          {licenseKey.entitlements.length === 0 ? undefined : (
            <span className="flex flex-wrap gap-1">
              {licenseKey.entitlements.map((name) => (
                <Badge key={name} tone="accent">
                  {name}
                </Badge>
              ))}
            </span>
          )}
        </Description>
        <Description name="Key id">
          <span className="-my-1 flex items-center gap-1">
            <code className="font-mono text-sm" title={licenseKey.id}>
              {licenseKey.id.slice(0, 8)}…{licenseKey.id.slice(-4)}
            </code>
            <CopyButton value={licenseKey.id} label="Copy key id" />
          </span>
        </Description>
      </DescriptionList>
      <NoteCard organization={organization} licenseKeyId={licenseKey.id} note={licenseKey.note} mayWrite={mayWrite} />
      <MetadataList metadata={licenseKey.metadata} tags={licenseKey.tags} />
      <WeekCard licenseKey={licenseKey} />
    </>
  )
}

const sourceWords = { manual: 'By hand', api: 'Through the API', store: 'From the store' } as const

function TextLink({ href, children }: { href: string; children: string }) {
  return (
    <Link
      href={href as Route}
      className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
    >
      {children}
    </Link>
  )
}

function WeekCard({ licenseKey }: { licenseKey: LicenseKeyDetail }) {
  const { all, refused, days } = licenseKey.week
  return (
    <Card>
      <CardHeader title="Validations, 7 days">
        {all.reduce((sum, count) => sum + count, 0).toLocaleString('en')}
      </CardHeader>
      <CardBody>
        {all.every((count) => count === 0) ? (
          <p className="text-mute">No software has asked about this key in the last seven days.</p>
        ) : (
          <BarChart
            title="Validations of the last seven days"
            height={132}
            data={all.map((count, i) => ({
              label: days[i] ?? '',
              values: { valid: count - (refused[i] ?? 0), refused: refused[i] ?? 0 },
            }))}
            series={[
              { key: 'valid', label: 'Valid', tone: 'ok' },
              { key: 'refused', label: 'Refused', tone: 'bad' },
            ]}
          />
        )}
      </CardBody>
    </Card>
  )
}
