'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ReactNode, useActionState, useId } from 'react'
import { controlLook } from '#components/ui/field-context.ts'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Something that is done seldom, folded up until somebody wants it; `email` is the label of an address it takes. Works without scripts. */
export function FoldedForm({
  action,
  licenseKeyId,
  title,
  email,
  button,
  isOpen,
  isAlone,
  children,
}: {
  action: FormAction
  licenseKeyId?: string
  title?: string
  email?: string
  button: string
  isOpen?: boolean
  /** On a page of its own there is nothing to fold; its title is the page's unless it says something new. */
  isAlone?: boolean
  children: ReactNode
}) {
  const [state, submit] = useActionState(action, { status: 'idle' })
  const id = useId()
  const failed = state.status === 'error' ? state : null
  const typed = failed?.values?.email
  const said = failed?.errors?.email?.[0] ?? (state.status === 'idle' ? null : state.message)
  const content = (
    <form action={submit} className={isAlone ? 'grid gap-3' : 'grid gap-3 px-3.5 pb-3.5'}>
      {licenseKeyId && <input type="hidden" name="licenseKeyId" value={licenseKeyId} />}
      {children}
      {email && (
        <div>
          <label htmlFor={id} className="mb-1.5 block font-medium">
            {email}
          </label>
          {/* The box of components/ui/input.tsx, without what else that can do. */}
          <input
            {...{ id, type: 'email', name: 'email', required: true, autoComplete: 'off' }}
            aria-invalid={Boolean(failed?.errors) || undefined}
            aria-describedby={said ? `${id}-said` : undefined}
            className={`${controlLook} h-8`}
            defaultValue={typeof typed === 'string' ? typed : ''}
          />
        </div>
      )}
      {said && (
        <p
          id={`${id}-said`}
          role={failed ? 'alert' : 'status'}
          className={`text-pretty font-medium ${failed ? 'text-bad' : 'text-ok'}`}
        >
          {said}
        </p>
      )}
      <div>
        <SubmitButton variant={isOpen ? 'secondary' : 'danger'}>{button}</SubmitButton>
      </div>
    </form>
  )
  if (isAlone)
    return (
      <section className="rounded-card border border-line bg-panel p-3.5 shadow-soft">
        {title && <h2 className="mb-1.5 font-medium">{title}</h2>}
        {content}
      </section>
    )
  return (
    <details
      // Without scripts it comes back folded up, with the answer in it.
      open={isOpen || state.status !== 'idle' || undefined}
      className="rounded-card border border-line bg-panel shadow-soft"
      data-print="hide"
    >
      <summary className="rounded-card px-3.5 py-2.5 font-medium">{title}</summary>
      {content}
    </details>
  )
}
