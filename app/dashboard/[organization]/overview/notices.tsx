import { Button } from '#components/ui/button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import type { mailState } from '#lib/mail/queries.ts'
import type { SalesInWant } from '#lib/stores/queries.ts'
import * as paths from '#lib/web/paths.ts'
import type { EndpointSummary } from '#lib/webhook-endpoints/queries.ts'
import { endpointState } from '#lib/webhook-endpoints/rules.ts'

/** That everything here will be gone, for as long as it can be stopped. */
export function DeletionNotice({
  dueAt,
  organization,
  isOwner,
}: {
  dueAt: Date | null
  organization: string
  isOwner: boolean
}) {
  if (!dueAt) return null
  return (
    <Notice
      tone="bad"
      title="This organization will be deleted."
      actions={
        isOwner && (
          <Button size="sm" href={paths.organizationSettings({ organization })}>
            Open settings
          </Button>
        )
      }
    >
      On <DateText value={dueAt} />, with everything in it. Until then everything works, and{' '}
      {isOwner ? 'you' : 'an owner'} can stop it.
    </Notice>
  )
}

export type Mail = Awaited<ReturnType<typeof mailState>>

/** That mail does not go out, and why. */
export function MailNotice({ mail, organization }: { mail: Mail; organization: string }) {
  if (mail.way === 'kept') {
    return (
      <Notice
        tone="plain"
        title="This demo sends no mail."
        actions={
          <Button size="sm" href={paths.outbox()}>
            Open the outbox
          </Button>
        }
      >
        Whatever it writes is kept in its outbox, for you to read.
      </Notice>
    )
  }
  if (mail.way === 'waits') {
    return (
      <Notice tone="warn" title="Mail is not set up.">
        {mail.waiting > 0
          ? `${countText(mail.waiting, 'mail')} ${mail.waiting === 1 ? 'waits' : 'wait'} to be sent. `
          : 'Keys and sign-in links cannot be mailed yet. '}
        Set <code className="font-mono text-sm">SMTP_URL</code>, for example{' '}
        <code className="break-all font-mono text-sm">smtps://user:password@smtp.example.com:465</code>, and start
        Latchkey again.
      </Notice>
    )
  }
  if (mail.failed === 0) return null
  return (
    <Notice
      tone="bad"
      title={`${countText(mail.failed, 'mail')} could not be delivered.`}
      actions={
        <Button size="sm" href={paths.sentMail({ organization })}>
          See which
        </Button>
      }
    >
      Check <code className="font-mono text-sm">SMTP_URL</code> and the addresses, then send them again.
    </Notice>
  )
}

/** Somebody paid and has no key, or what a store sent could not be understood: nothing mends that by itself. */
export function SalesNotice({ want, organization }: { want: SalesInWant; organization: string }) {
  const { sales, failed } = want
  if (sales + failed === 0) return null
  return (
    <Notice
      tone="warn"
      title={
        sales > 0
          ? `${countText(sales, 'sale')} ${sales === 1 ? 'has' : 'have'} no key yet.`
          : `${countText(failed, 'delivery', 'deliveries')} of a store could not be handled.`
      }
      actions={
        <Button size="sm" href={paths.stores({ organization })}>
          Open stores
        </Button>
      }
    >
      {sales > 0 ? 'They wait for somebody to say what was sold, or for what the store has not said. ' : ''}
      {sales > 0 && failed > 0 ? `${countText(failed, 'delivery', 'deliveries')} could not be handled.` : ''}
    </Notice>
  )
}

/** A store that is not heard any more: its sales bring no keys, and nobody would look at its page. */
export function StoreNotice({
  store: { id, name, trouble, lastDeliveryAt },
  organization,
  now,
}: {
  store: SalesInWant['troubles'][number]
  organization: string
  now: Date
}) {
  return (
    <Notice
      tone={trouble === 'refused' ? 'bad' : 'warn'}
      title={trouble === 'refused' ? `What ${name} sends is refused.` : `${name} has sent nothing for long.`}
      actions={
        <Button size="sm" href={paths.store({ organization, id })}>
          Open {name}
        </Button>
      }
    >
      {trouble === 'refused' ? 'Its page says why. ' : ''}
      {lastDeliveryAt ? (
        <>
          The last delivery came <Time value={lastDeliveryAt} now={now} />.
        </>
      ) : (
        'No delivery came yet.'
      )}
    </Notice>
  )
}

/** An endpoint that takes nothing any more: the systems behind it do not hear what happens here. */
export function WebhookNotice({
  endpoint,
  organization,
  now,
}: {
  endpoint: EndpointSummary
  organization: string
  now: Date
}) {
  const state = endpointState(endpoint, now)
  if (state !== 'failing' && state !== 'given_up') return null
  const { hostname } = new URL(endpoint.url)
  return (
    <Notice
      tone="bad"
      title={state === 'failing' ? `Webhooks to ${hostname} fail.` : `Webhooks to ${hostname} are switched off.`}
      actions={
        <Button
          size="sm"
          href={paths.webhook({ organization, id: endpoint.id })}
          aria-label={`Open webhook ${hostname}`}
        >
          Open webhook
        </Button>
      }
    >
      {state === 'failing' && endpoint.failingSince ? (
        <>
          None has arrived since <Time value={endpoint.failingSince} now={now} />
          {endpoint.waiting > 0 &&
            `; ${countText(endpoint.waiting, 'message')} ${endpoint.waiting === 1 ? 'waits' : 'wait'}`}
          .
        </>
      ) : (
        'They failed for too long. Nothing is kept for it while it is off.'
      )}
    </Notice>
  )
}
