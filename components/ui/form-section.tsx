import type { ReactNode } from 'react'

/** A titled part of a long form: words on the left, fields on the right; stacked on a phone. */
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
    <fieldset className="grid gap-x-8 gap-y-4 border-line border-t py-6 first-of-type:border-t-0 first-of-type:pt-0 md:grid-cols-[216px_minmax(0,1fr)]">
      <div>
        <legend className="float-left w-full font-medium">{title}</legend>
        {description && <p className="clear-both pt-0.5 text-pretty text-mute text-sm">{description}</p>}
      </div>
      <div className="grid min-w-0 grid-cols-1 gap-5">{children}</div>
    </fieldset>
  )
}
