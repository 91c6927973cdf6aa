'use client'
import { useRouter } from 'next/navigation'
import { useActionState, useEffect, useRef, useState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Button } from '#components/ui/button.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Steps } from '#components/ui/steps.tsx'
import type { Review } from '#lib/key-configurations/queries.ts'
import type { KeyConfigurationSettings } from '#lib/key-configurations/schema.ts'
import type { FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { sayDone } from '../undo-toast.ts'
import { type FormValues, readForSample, toFormValues, typedErrors } from './form-values.ts'
import { ReviewStep } from './review-step.tsx'
import { SamplePanel } from './sample-panel.tsx'
import { SettingsFields } from './settings-fields.tsx'

const steps = [
  { id: 'settings', label: 'Settings' },
  { id: 'review', label: 'Review' },
  { id: 'save', label: 'Save' },
] as const

type Saved = { id: string; name: string; bulkChangeId?: string | null; isDone?: boolean }
type Result = { review?: Review; saved?: Saved }

/** Settings, review, save: one form whose fields stay in place while they are reviewed. */
export function KeyConfigurationForm({
  organization,
  settings,
  existing,
  products,
  now,
  submit,
}: {
  organization: { slug: string; name: string; supportEmail: string | null; timeZone: string }
  settings: KeyConfigurationSettings
  /** The configuration being edited, as it was read. */
  existing?: { id: string }
  products: { id: string; name: string; archived: boolean }[]
  /** When the page was made: the browser has to write the same times. */
  now: Date
  submit: (previous: FormState, form: FormData) => Promise<FormState>
}) {
  const router = useRouter()
  const [values, setValues] = useState(() => toFormValues(settings, organization.timeZone))
  const [sample, setSample] = useState(settings)
  const [mended, setMended] = useState<{ of: FormState; names: string[] } | null>(null)
  const change = (next: Partial<FormValues>) => {
    const names = Object.keys(next)
    setMended((old) => ({ of: state, names: old?.of === state ? [...old.names, ...names] : names }))
    const all = { ...values, ...next }
    setValues(all)
    setSample(readForSample(all, sample, organization.timeZone))
  }

  const [state, act, pending] = useActionState(async (previous: FormState, form: FormData) => {
    const next = await submit(previous, form)
    const saved = (next.result as Result | undefined)?.saved
    if (saved) {
      const { id, name, bulkChangeId = null, isDone = true } = saved
      // With many keys that keep their limits it is saved once each of them has them.
      if (isDone || !bulkChangeId) {
        sayDone(organization.slug, `${name} ${existing ? 'saved' : 'created'}`, bulkChangeId)
        router.push(paths.keyConfiguration({ organization: organization.slug, id }))
      } else router.push(paths.bulkChange({ organization: organization.slug, id: bulkChangeId }))
    }
    // While it is saved, and when saving failed for no fault of a field, the review stays on screen.
    const isReviewed = form.get('step') === 'save' && !next.errors
    return isReviewed ? { ...next, result: { ...(previous.result as Result), saved } satisfies Result } : next
  }, idle)
  const { review, saved } = (state.result as Result | undefined) ?? {}

  // Going back puts the last answer away; the next answer is another object.
  const [putAway, setPutAway] = useState<FormState | null>(null)
  const step = review && putAway !== state ? 'review' : 'settings'

  // Errors are where people have to look next; so is the review.
  const top = useRef<HTMLDivElement>(null)
  const form = useRef<HTMLFormElement>(null)
  useLeaveGuard(form, state, Boolean(saved))
  const standing = Object.entries(putAway === state ? {} : (state.errors ?? {}))
  const errors = Object.fromEntries(standing.filter(([name]) => mended?.of !== state || !mended.names.includes(name)))
  useEffect(() => {
    if (state.status === 'idle') return
    const wrong = step === 'settings' && form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (wrong) wrong.focus()
    else top.current?.focus()
  }, [state, step])

  return (
    <div className="@container flex flex-1 flex-col">
      <form
        ref={form}
        action={act}
        noValidate
        // React empties a form after its action; here it goes on being edited.
        onReset={(event) => event.preventDefault()}
        className="grid flex-1 grid-cols-[minmax(0,1fr)] @4xl:grid-cols-[minmax(0,1fr)_336px]"
      >
        <input type="hidden" name="organization" value={organization.slug} />
        {existing && <input type="hidden" name="id" value={existing.id} />}
        {existing && <OpenedWith values={settings} state={state} />}
        <div className="flex min-w-0 flex-col px-4 sm:px-6">
          <div ref={top} tabIndex={-1}>
            <Steps steps={steps} current={step} />
          </div>
          <div className={state.status === 'error' ? 'mb-5' : undefined}>
            <FormError>{state.status === 'error' && !pending ? state.message : null}</FormError>
          </div>
          <div hidden={step !== 'settings'}>
            <SettingsFields
              values={values}
              change={change}
              errors={{ ...typedErrors(values), ...errors }}
              products={products}
              timeZone={organization.timeZone}
            />
          </div>
          {step === 'review' && review && <ReviewStep review={review} name={values.name} isNew={!existing} />}
          <div className="sticky bottom-0 z-10 -mx-4 mt-auto flex flex-wrap items-center gap-2 border-line border-t bg-bg px-4 py-3 sm:-mx-6 sm:px-6">
            {step === 'settings' ? (
              <>
                <Button type="submit" name="step" value="review" variant="primary" loading={pending}>
                  Review
                </Button>
                <Button
                  href={
                    existing
                      ? paths.keyConfiguration({ organization: organization.slug, id: existing.id })
                      : paths.keyConfigurations({ organization: organization.slug })
                  }
                  variant="ghost"
                >
                  Cancel
                </Button>
              </>
            ) : (
              <>
                <Button
                  type="submit"
                  name="step"
                  value="save"
                  variant="primary"
                  loading={pending || Boolean(saved)}
                  disabledReason={existing && review?.changes.length === 0 && 'Nothing has changed'}
                >
                  {existing ? 'Save changes' : 'Save configuration'}
                </Button>
                <Button onClick={() => setPutAway(state)} disabled={pending}>
                  Back to settings
                </Button>
              </>
            )}
          </div>
        </div>
        <SamplePanel settings={sample} organization={organization} products={products} now={now} />
      </form>
    </div>
  )
}

const idle: FormState = { status: 'idle' }
