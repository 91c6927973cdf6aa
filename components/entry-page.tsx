import type { ReactNode } from 'react'
import type { Words } from '#lib/words/en.ts'
import type { Language } from '#lib/words/plain.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { Avatar } from './ui/avatar.tsx'

/** A page before the door: whose it is, one title, a sentence, one form. Customers know the seller, not what the seller runs. */
export function EntryPage({
  seller,
  title,
  description,
  children,
  footer,
  reader,
}: {
  /** Whose door it is, when that is one organization. */
  seller?: string | null
  title: string
  description?: ReactNode
  children: ReactNode
  footer?: ReactNode
  /** On pages that customers see: in which language, with the others to choose. */
  reader?: { language: Language; words: Words }
}) {
  return (
    <main
      id="content"
      lang={reader?.language}
      className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center px-5 py-12"
    >
      {seller && (
        <p className="mb-5 flex items-center gap-2.5 font-semibold text-md">
          <Avatar name={seller} size={28} />
          <span className="min-w-0 truncate">{seller}</span>
        </p>
      )}
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {description && <p className="mt-1.5 text-pretty text-mute">{description}</p>}
      <div className="mt-6 grid gap-4">{children}</div>
      {footer && <footer className="mt-8 border-line border-t pt-4 text-mute">{footer}</footer>}
      {reader && (
        <div className="mt-8 -ml-1.5">
          <LanguageSwitch language={reader.language} label={reader.words.frame.language} />
        </div>
      )}
    </main>
  )
}
