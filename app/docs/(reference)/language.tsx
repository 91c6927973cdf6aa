'use client'
import { createContext, type ReactNode, use, useState } from 'react'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { type Language, languages, type Request } from './snippets.ts'

const LanguageContext = createContext<{ language: Language; setLanguage: (language: Language) => void } | null>(null)

/** The language all snippets of the page are in. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>('curl')
  return <LanguageContext value={{ language, setLanguage }}>{children}</LanguageContext>
}

/** How to send one request, in the language that was chosen anywhere on the page. */
export function Snippet({ title, ...request }: Request & { title: string }) {
  const context = use(LanguageContext)
  if (!context) throw new Error('There is no LanguageProvider around this.')
  const { language, setLanguage } = context
  return (
    <div className="grid min-w-0 grid-cols-1 gap-1.5">
      <fieldset className="flex gap-0.5">
        <legend className="sr-only">Language of {title}</legend>
        {(Object.keys(languages) as Language[]).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === language}
            onClick={() => setLanguage(each)}
            className="rounded-sm px-2 py-0.5 text-mute text-sm hover:text-ink aria-pressed:bg-line2 aria-pressed:font-medium aria-pressed:text-ink pointer-coarse:py-2"
          >
            {each}
          </button>
        ))}
      </fieldset>
      <CodeBlock code={languages[language](request)} />
    </div>
  )
}
