import type { ReactNode } from 'react'
import { Mark } from '#components/ui/mark.tsx'

/** A page before the door: one title, a sentence, one form. */
export function EntryPage({
  title,
  description,
  children,
  footer,
}: {
  title: string
  description?: ReactNode
  children: ReactNode
  footer?: ReactNode
}) {
  return (
    <main id="content" className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center px-5 py-12">
      <Mark />
      <h1 className="mt-5 font-semibold text-xl tracking-tight">{title}</h1>
      {description && <p className="mt-1.5 text-pretty text-mute">{description}</p>}
      <div className="mt-6 grid gap-4">{children}</div>
      {footer && <footer className="mt-8 border-line border-t pt-4 text-mute">{footer}</footer>}
    </main>
  )
}
