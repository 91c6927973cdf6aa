import { Check } from 'lucide-react'
import { cx } from './cx.ts'

/** Where one stands on the way through a few pages or steps. */
export function Steps<const Id extends string>({
  steps,
  current,
}: {
  steps: readonly { id: Id; label: string }[]
  current: NoInfer<Id>
}) {
  const at = steps.findIndex((step) => step.id === current)
  return (
    <ol aria-label="Steps" className="flex flex-wrap items-center gap-2.5 pt-1 pb-6 max-sm:gap-x-3 max-sm:gap-y-1.5">
      {steps.map((step, index) => (
        <li
          key={step.id}
          aria-current={index === at ? 'step' : undefined}
          className={cx('flex items-center gap-2', index === at ? 'font-medium text-ink' : 'text-mute')}
        >
          {index > 0 && <span aria-hidden="true" className="mr-0.5 h-px w-9 bg-line max-sm:hidden" />}
          <span
            aria-hidden="true"
            className={cx(
              'grid size-5 place-items-center rounded-full border text-xs',
              index === at
                ? 'border-ring bg-accentbg text-accent'
                : index < at
                  ? 'border-btn bg-btn text-btntx'
                  : 'border-line',
            )}
          >
            {index < at ? <Check size={12} strokeWidth={2.5} /> : index + 1}
          </span>
          {step.label}
          {index < at && <span className="sr-only">done</span>}
        </li>
      ))}
    </ol>
  )
}
