import type { Route } from 'next'
import type { ReactNode } from 'react'
import { buttonLook } from '#components/ui/button-look.ts'
import * as paths from '#lib/web/paths.ts'
import { isLanguage, type Language, languageNames, languages } from '#lib/words/plain.ts'
import type { Reader } from '#lib/words/reader.ts'
import { wordsIn } from '#lib/words/rules.ts'
import { PurchasesFrame } from '../purchases-frame.tsx'

/** Whoever reads there: in the language that was asked for, else the customer's, and where the seller is. */
export function previewReader(asked: string | string[] | undefined, theirs: Language): Reader {
  const language = isLanguage(asked) ? asked : theirs
  return { language, words: wordsIn(language), zone: null }
}

type Whose = { organization: string; customerId: string; email: string }

/** The customer's frame with a bar over it that says what it is, and leads back. Nothing in it can be pressed but links. */
export function PreviewFrame({
  whose: { organization, customerId, email },
  reader,
  home,
  inLanguage,
  children,
}: {
  whose: Whose
  reader: Reader
  home: Route
  /** The same page in another language. */
  inLanguage: (language: Language) => Route
  children: ReactNode
}) {
  return (
    <PurchasesFrame
      email={email}
      hasDashboard={false}
      reader={reader}
      preview={{
        home,
        bar: (
          <Bar
            back={paths.customer({ organization, id: customerId })}
            email={email}
            language={reader.language}
            inLanguage={inLanguage}
          />
        ),
      }}
    >
      {/* What is disabled cannot be sent; what would be all the same is asked of whoever is signed in, who is not the customer. */}
      <fieldset disabled className="contents">
        {children}
      </fieldset>
    </PurchasesFrame>
  )
}

function Bar({
  back,
  email,
  language,
  inLanguage,
}: {
  back: Route
  email: string
  language: Language
  inLanguage: (language: Language) => Route
}) {
  return (
    <aside
      lang="en"
      aria-label="Preview"
      className="sticky top-0 z-20 border-line border-b bg-accentbg text-accent"
      data-print="hide"
    >
      <div className="mx-auto flex w-full max-w-[960px] flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2 sm:px-6">
        <p className="min-w-0 flex-1 basis-60 [overflow-wrap:anywhere]">
          <strong className="font-semibold">Preview:</strong> what {email} sees of you. Nothing here can be changed.
        </p>
        <nav aria-label="Language of the preview" className="flex gap-3">
          {languages.map((each) =>
            each === language ? (
              <span key={each} aria-current="true" className="font-medium">
                {languageNames[each]}
              </span>
            ) : (
              <a key={each} href={inLanguage(each)} lang={each} className="rounded-xs underline underline-offset-3">
                {languageNames[each]}
              </a>
            ),
          )}
        </nav>
        <a href={back} className={buttonLook('secondary', 'sm')}>
          Back to the customer
        </a>
      </div>
    </aside>
  )
}

/** What a link to it shows that nobody opened by a press. */
export function NotOpen({
  organization,
  customerId,
  name,
}: {
  organization: string
  customerId: string
  name: string
}) {
  return (
    <main
      id="content"
      className="mx-auto grid min-h-dvh w-full max-w-[480px] content-center gap-3 px-4 py-10 text-center"
    >
      <h1 className="font-semibold text-xl tracking-tight">This preview is not open</h1>
      <p className="text-pretty text-mute">
        It opens for an hour from the page of {name}, by a press, and their history says who looked.
      </p>
      <p>
        <a href={paths.customer({ organization, id: customerId })} className={buttonLook('primary')}>
          To the customer
        </a>
      </p>
    </main>
  )
}
