import type { ReactNode } from 'react'

/** A titled part of a long form: words on the left, fields on the right; stacked where there is no room beside them. */
export function FormSection({
  title,
  description,
  children,
}: {
  title: string
  description?: ReactNode
  children: ReactNode
}) {
  return (
    <fieldset className="min-w-0 border-line border-t py-6 first-of-type:border-t-0 first-of-type:pt-0">
      <div className="@container">
        <div className="grid gap-x-8 gap-y-4 @2xl:grid-cols-[216px_minmax(0,1fr)]">
          <div className="max-w-[600px]">
            <legend className="float-left w-full font-medium">{title}</legend>
            {description && <p className="clear-both pt-0.5 text-pretty text-mute text-sm">{description}</p>}
          </div>
          <div className="grid min-w-0 grid-cols-1 gap-5">{children}</div>
        </div>
      </div>
    </fieldset>
  )
}
