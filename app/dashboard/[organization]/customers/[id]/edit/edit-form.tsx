'use client'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { PageForm, usePageForm } from '#components/page-form.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { toast } from '#components/ui/toast.tsx'
import { ADDRESS_TAKEN } from '#lib/customers/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { changeCustomer } from '../actions.ts'

/** A customer's name and address, and what another address comes to. */
export function EditForm({
  organization,
  customer: { id, name, email },
  chosen,
}: {
  organization: string
  customer: { id: string; name: string | null; email: string }
  /** The day on which they took their address themselves; null when they did not. */
  chosen: ReactNode
}) {
  const router = useRouter()
  const [typed, setTyped] = useState(email)
  const use = usePageForm(changeCustomer, () => {
    toast.success('Saved')
    router.push(paths.customer({ organization, id }))
  })
  const { errors } = use
  const isTaken = errors.email?.[0] === ADDRESS_TAKEN
  const moves = typed.trim() !== '' && typed.trim().toLowerCase() !== email
  return (
    <PageForm
      use={use}
      hidden={{ organization, customerId: id }}
      opened={{ name, email }}
      save="Save changes"
      cancel={paths.customer({ organization, id })}
      beside={
        <Button href={paths.mergeCustomer({ organization, id })} variant="ghost" className="sm:ml-auto">
          Merge with another customer
        </Button>
      }
    >
      <FormSection title="Name" description="As mails begin, where they greet. Nothing else hangs on it.">
        <Field label="Name" optional error={errors.name}>
          <Input name="name" defaultValue={name ?? ''} maxLength={120} autoComplete="off" />
        </Field>
      </FormSection>
      <FormSection
        title="Address"
        description="Whoever reads this mailbox signs in to their purchases, keys and devices."
      >
        <Field label="E-mail" error={errors.email}>
          <Input
            name="email"
            type="email"
            defaultValue={email}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        {isTaken && (
          <Notice
            tone="warn"
            actions={
              // No link: what was typed goes along, so nobody is asked before it is left.
              <Button
                size="sm"
                onClick={() => router.push(paths.mergeCustomer({ organization, id }, { into: typed.trim() }))}
              >
                Look at both
              </Button>
            }
          >
            If the two are one person, make them one.
          </Notice>
        )}
        {moves && !isTaken && (
          <Notice tone="warn" title="This hands everything they have to another mailbox.">
            With the old address nothing is seen any more. Sessions that your programs made end, keys they offered to
            others stay with them, and mails with keys that wait go to the new one. Both addresses are told by mail.
          </Notice>
        )}
        {chosen && (
          <div>
            <Checkbox
              name="replaceChosenAddress"
              label="Replace the address they took themselves"
              description={
                <>
                  On {chosen} they changed it to this one, and confirmed that from both mailboxes. Somebody who asks for
                  another may only still read the mailbox before: let them write from this one.
                </>
              }
            />
            {errors.replaceChosenAddress && <FieldError>{errors.replaceChosenAddress[0]}</FieldError>}
          </div>
        )}
      </FormSection>
    </PageForm>
  )
}
