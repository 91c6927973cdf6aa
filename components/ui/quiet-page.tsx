import type { ReactNode } from 'react'

/** One calm message alone on a page: not found, a bug, a link that has expired, a mail that was sent. */
export function QuietPage({
  title,
  children,
  actions,
  requestId,
  lang,
  footer,
}: {
  title: string
  children: ReactNode
  actions?: ReactNode
  requestId?: string
  /** Where it is not English. */
  lang?: string
  footer?: ReactNode
}) {
  return (
    <main
      id="content"
      lang={lang}
      className="mx-auto flex min-h-[80dvh] max-w-[400px] flex-col justify-center px-5 py-16"
    >
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      <div className="mt-1.5 text-pretty text-mute">{children}</div>
      {actions && <div className="mt-5 flex flex-wrap gap-2">{actions}</div>}
      {requestId && (
        <p className="mt-8 border-line border-t pt-3 text-mute text-sm">
          If it keeps happening, quote request id <code className="select-all font-mono text-ink">{requestId}</code>
        </p>
      )}
      {footer && <div className="mt-8 -ml-1.5">{footer}</div>}
    </main>
  )
}
