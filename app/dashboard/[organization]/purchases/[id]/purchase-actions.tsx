'use client'
import type { ReactElement, ReactNode } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { countText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import type { ShownPurchaseState } from '#lib/purchases/plain.ts'
import type { FormAction } from '#lib/web/action.ts'
import { cancel, move, refund, resume } from './actions.ts'

type Of = {
  id: string
  reference: string
  shown: ShownPurchaseState
  kind: 'one_time' | 'subscription'
  keys: number
  email: string
  /** It was canceled here, and that can be taken back. */
  mayResume: boolean
}

/** Whether whoever bought it can be told of its end by mail: told unless the box is cleared, or why not. */
export type Telling = { isUsual: boolean } | { why: string }

/** What a person can do to a purchase; each asks first, and says what it does not do. */
export function PurchaseActions({
  organization,
  purchase,
  telling,
  store,
}: {
  organization: string
  purchase: Of
  telling: { cancel: Telling; refund: Telling }
  /** What its store is called; null when it follows none. */
  store: string | null
}) {
  const { id, reference, shown, kind, keys, email, mayResume } = purchase
  const values = { organization, purchaseId: id }
  const revoked = (
    <>
      <b>{countText(keys, 'key')}</b> {keys === 1 ? 'is' : 'are'} revoked, except what somebody chose to keep: the very
      next validation is refused.{' '}
    </>
  )
  return (
    <>
      <ConfirmDialog
        trigger={<Button>Move</Button>}
        title={`Move ${reference} to another customer?`}
        confirmLabel="Move"
        values={values}
        action={confirmAction(move)}
        onDone={() => toast.success(`${reference} moved`)}
        fields={
          <>
            <Field label="E-mail of the new customer">
              <Input name="email" type="email" autoComplete="off" required />
            </Field>
            <Field label="Name" optional>
              <Input name="name" autoComplete="off" maxLength={120} />
            </Field>
          </>
        }
      >
        {countText(keys, 'key')} with {keys === 1 ? 'its' : 'their'} devices move{keys === 1 && 's'} along, and both{' '}
        {email} and the new customer are told by e-mail. The new customer is added if there is none of that address.
      </ConfirmDialog>
      {shown !== 'canceled' && shown !== 'refunded' && (
        <End
          verb="Cancel purchase"
          title={`Cancel ${reference}?`}
          done={`${reference} canceled`}
          values={values}
          action={cancel}
          email={email}
          telling={telling.cancel}
          told="Five minutes later, unless you resume it before then."
        >
          {revoked}
          {store &&
            `Nothing is canceled at ${store}: do that there, too${kind === 'subscription' ? ', or the customer goes on paying' : ''}. `}
          Resume takes it back.
        </End>
      )}
      {mayResume && (
        <ConfirmDialog
          trigger={<Button>Resume</Button>}
          title={`Resume ${reference}?`}
          confirmLabel="Resume"
          values={values}
          action={confirmAction(resume)}
          onDone={() => toast.success(`${reference} resumed`)}
        >
          {store
            ? `It stands again as ${store} says, and its keys with it.`
            : `Its ${keys === 1 ? 'key works' : 'keys work'} again, except what somebody revoked by hand.`}
        </ConfirmDialog>
      )}
      {shown !== 'refunded' && (
        <End
          verb="Refund"
          title={`Record a refund of ${reference}?`}
          done={`${reference} recorded as refunded`}
          values={values}
          action={refund}
          email={email}
          telling={telling.refund}
        >
          {revoked}
          No money is sent: {store ? `do that at ${store}, which tells us by itself` : 'do that where it was paid'}.
          This cannot be taken back.
        </End>
      )}
    </>
  )
}

function End({
  verb,
  title,
  done,
  values,
  action,
  email,
  telling,
  told,
  children,
}: {
  verb: string
  title: string
  done: string
  values: Record<string, string>
  action: FormAction
  email: string
  telling: Telling
  /** When. */
  told?: string
  children: ReactNode
}): ReactElement {
  return (
    <ConfirmDialog
      trigger={<Button className="text-bad!">{verb}</Button>}
      title={title}
      confirmLabel={verb}
      leaveLabel="Leave it"
      destructive
      values={values}
      action={confirmAction(action)}
      onDone={() => toast.success(done)}
      fields={
        <>
          <Field label="Reason" optional description="For your colleagues: it stands in the history.">
            <Input name="reason" autoComplete="off" maxLength={500} />
          </Field>
          {'why' in telling ? (
            <p className="text-pretty text-mute">{telling.why}</p>
          ) : (
            <Checkbox name="tell" label={`Tell ${email} by mail`} description={told} defaultChecked={telling.isUsual} />
          )}
        </>
      }
    >
      {children}
    </ConfirmDialog>
  )
}
