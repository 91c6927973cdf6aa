'use client'
import { useActionState, useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { Status } from '#components/ui/status.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import { signedPurchase, trial } from '#lib/vendors/custom/trial.ts'
import type { FormAction, FormState } from '#lib/web/action.ts'
import { makeSecret, setCredential, setSecret } from '../actions.ts'

type Words = { label: string; hint: string }
type Needed = { label: string; why: string }
type Of = { organization: string; connectionId: string }

/** What lets the store be believed, and asked. */
export function AccessCard({
  organization,
  connectionId,
  store,
  secret,
  hasSecret,
  formerSecretUntil,
  credential,
  hasCredential,
  isWanted,
  access,
  address,
}: Of & {
  store: string
  secret: (Words & { madeBy: 'store' | 'merchant' | 'latchkey' }) | null
  hasSecret: boolean
  formerSecretUntil: Date | null
  credential: (Words & { needed?: Needed | undefined }) | null
  hasCredential: boolean
  /** Sales wait for what only the API says: the field is open. */
  isWanted: boolean
  /** What came of asking the store's API last; null: it was not asked yet. */
  access: { triedAt: Date; problem: string | null } | null
  /** Where the store sends. */
  address: string
}) {
  const of = { organization, connectionId }
  if (!secret && !credential) return null
  return (
    <Card>
      <CardHeader title={credential ? 'Secret and API access' : 'Signature'} />
      {secret?.madeBy === 'latchkey' ? (
        <MadeHere
          {...of}
          store={store}
          address={address}
          hasSecret={hasSecret}
          formerSecretUntil={formerSecretUntil}
          hint={secret.hint}
        />
      ) : (
        secret && (
          <Pasted
            {...of}
            {...secret}
            name="secret"
            isSet={hasSecret}
            action={setSecret}
            saved="Secret saved"
            about={
              formerSecretUntil ? (
                <Former until={formerSecretUntil} />
              ) : (
                'What the store sends is signed with it. It is kept encrypted and shown to nobody.'
              )
            }
            replaceNote="The one before goes on being good for 24 hours, for what the store signed with it."
          />
        )
      )}
      {credential && (
        <Pasted
          {...of}
          {...credential}
          name="credential"
          isSet={hasCredential}
          isWanted={isWanted}
          status={<Access access={access} />}
          missing={credential.needed && <Status tone="warn" label={credential.needed.label} />}
          optional
          action={setCredential}
          saved="API access saved"
          about={
            hasCredential && access?.problem
              ? access.problem
              : hasCredential
                ? `Lets us ask ${store} about what it did not send.`
                : (credential.needed?.why ??
                  `Optional. Lets us ask ${store} about what it did not send, and find what was missed.`)
          }
        />
      )}
    </Card>
  )
}

/** How the store answered when it was last asked. */
function Access({ access }: { access: { triedAt: Date; problem: string | null } | null }) {
  if (!access) return <Status tone="warn" label="Set, not tried yet" />
  return access.problem ? (
    <Status tone="bad" label="Does not work" />
  ) : (
    <Status tone="ok" label="Set, and the store answers" />
  )
}

const Former = ({ until }: { until: Date }) => (
  <>
    The one before is good until <DateText value={until} />, too.
  </>
)

/** Something that is pasted once, kept sealed, and can only be replaced. */
function Pasted({
  organization,
  connectionId,
  name,
  label,
  hint,
  isSet,
  status = <Status tone="ok" label="Set" />,
  missing,
  optional = false,
  isWanted = false,
  action,
  saved,
  about,
  replaceNote,
}: Of &
  Words & {
    name: 'secret' | 'credential'
    isSet: boolean
    /** How it stands when it is set. */
    status?: React.ReactNode
    /** What is said while it is not set, of what is optional. */
    missing?: React.ReactNode
    optional?: boolean
    isWanted?: boolean
    action: FormAction
    saved: string
    about: React.ReactNode
    replaceNote?: string
  }) {
  const [asked, setAsked] = useState(false)
  // Not called `form`: the React compiler would rename the element of that name with it.
  const [state, submit] = useActionState(async (previous: FormState, sent: FormData) => {
    const next = await action(previous, sent)
    if (next.status === 'ok') {
      const { problem } = (next.result ?? {}) as { problem?: string }
      if (problem) toast.error(next.message)
      else toast.success(name === 'credential' ? next.message : saved)
      setAsked(false)
    }
    return next
  }, idle)
  const { errors, form } = useMendedErrors(state)
  const open = asked || (!isSet && (!optional || isWanted))
  return (
    <div
      id={name === 'credential' ? 'api-access' : undefined}
      className="scroll-mt-16 border-line2 border-t px-3.5 py-3 first-of-type:border-t-0"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-[min(100%,220px)] flex-1">
          <p className="flex flex-wrap items-center gap-x-3 font-medium">
            {label}
            {isSet ? status : optional ? missing : <Status tone="warn" label="Missing" />}
          </p>
          <p className="text-pretty text-mute">{about}</p>
        </div>
        {!open && (
          <Button size="sm" onClick={() => setAsked(true)} aria-label={`${isSet ? 'Replace' : 'Add'} ${label}`}>
            {isSet ? 'Replace' : 'Add'}
          </Button>
        )}
        {optional && isSet && !open && (
          <ConfirmDialog
            trigger={
              <Button size="sm" variant="ghost" aria-label={`Remove ${label}`}>
                Remove
              </Button>
            }
            title={`Remove the ${label}?`}
            confirmLabel="Remove"
            values={{ organization, connectionId, [name]: '' }}
            action={confirmAction(action)}
            onDone={() => toast.success('API access removed')}
          >
            What the store did not send by itself is no longer asked for.
          </ConfirmDialog>
        )}
      </div>
      {open && (
        <form {...form} action={submit} noValidate className="mt-3 grid max-w-[560px] gap-3">
          <input type="hidden" name="organization" value={organization} />
          <input type="hidden" name="connectionId" value={connectionId} />
          <FormError>{state.status === 'error' && !state.errors ? state.message : null}</FormError>
          <Field label={isSet ? `New ${label}` : label} hideLabel={!isSet} error={errors[name]} description={hint}>
            <Input name={name} mono autoComplete="off" spellCheck={false} maxLength={2_000} />
          </Field>
          {isSet && replaceNote && <p className="text-pretty text-mute text-sm">{replaceNote}</p>}
          <div className="flex gap-2">
            <SubmitButton>Save</SubmitButton>
            {(isSet || (optional && !isWanted)) && (
              <Button variant="ghost" onClick={() => setAsked(false)}>
                Cancel
              </Button>
            )}
          </div>
        </form>
      )}
    </div>
  )
}

/** A secret that is made here, told once, and typed into the merchant's own shop. */
function MadeHere({
  organization,
  connectionId,
  store,
  address,
  hasSecret,
  formerSecretUntil,
  hint,
}: Of & { store: string; address: string; hasSecret: boolean; formerSecretUntil: Date | null; hint: string }) {
  const [made, setMade] = useState<string | null>(null)
  const action: FormAction = async (previous, form) => {
    const state = await makeSecret(previous, form)
    if (state.status === 'ok') setMade(state.result as string)
    return state
  }
  const [state, submit] = useActionState(action, idle)
  const values = { organization, connectionId }
  return (
    <div className="px-3.5 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-[min(100%,220px)] flex-1">
          <p className="flex flex-wrap items-center gap-x-3 font-medium">
            Secret {hasSecret ? <Status tone="ok" label="Set" /> : <Status tone="warn" label="Missing" />}
          </p>
          <p className="text-pretty text-mute">{formerSecretUntil ? <Former until={formerSecretUntil} /> : hint}</p>
        </div>
        {hasSecret ? (
          <ConfirmDialog
            trigger={<Button size="sm">Replace the secret</Button>}
            title="Replace the secret?"
            confirmLabel="Replace"
            values={values}
            action={confirmAction(action)}
          >
            A new one is made and shown once. {store} may go on signing with the one before for 24 hours.
          </ConfirmDialog>
        ) : (
          <form action={submit}>
            {Object.entries(values).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <SubmitButton>Make a secret</SubmitButton>
          </form>
        )}
      </div>
      <FormError>{state.status === 'error' ? state.message : null}</FormError>
      {made && (
        <div role="status" className="mt-3 rounded-control bg-okbg px-3 py-2.5">
          <p className="select-all break-all font-mono text-sm">{made}</p>
          <p className="mt-1 text-pretty text-mute">
            Copy it now: it is kept encrypted, and this page shows it only once.
          </p>
          <span className="mt-2 flex flex-wrap gap-2">
            <CopyButton value={made} label="Copy secret" size="sm" variant="primary">
              Copy secret
            </CopyButton>
            <CopyButton
              value={signedPurchase({ ...trial, address, secret: made })}
              label="Copy shell lines that try it"
              size="sm"
            >
              Copy shell lines that try it
            </CopyButton>
          </span>
        </div>
      )}
    </div>
  )
}

const idle: FormState = { status: 'idle' }
