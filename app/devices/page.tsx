import type { Metadata } from 'next'
import { z } from 'zod'
import { EntryPage } from '#components/entry-page.tsx'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { currentVisitor } from '#lib/auth/session.ts'
import { questionOf } from '#lib/misuse/ask.ts'
import { currentReader } from '#lib/words/reader.ts'
import { shortDayFor } from '#lib/words/rules.ts'
import { DevicesForm } from './devices-form.tsx'

// As for sign-in links: no other site may see the address.
export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.which.title, referrer: 'same-origin', robots: { index: false } },
})

const Link = z.object({ question: z.string(), code: z.string() })

/** Where a mail leads that asks which devices are its reader's. Opening it changes nothing: programs that read mail open links too. */
export default async function DevicesPage({ searchParams }: PageProps<'/devices'>) {
  const parsed = Link.safeParse(await searchParams)
  const question = parsed.success ? await questionOf(await currentVisitor(), parsed.data, new Date()) : null
  const reader = await currentReader()
  const { words, language } = reader
  const { which: say } = words
  if (!parsed.success || !question)
    return (
      <QuietPage
        lang={language}
        title={say.over}
        footer={<LanguageSwitch language={language} label={words.frame.language} />}
      >
        {say.overAbout}
      </QuietPage>
    )
  const { organization, masked, devices } = question
  const day = (moment: Date) => shortDayFor(words, moment, reader.zone ?? 'UTC')
  return (
    <EntryPage
      reader={reader}
      seller={organization}
      title={devices.length === 0 ? say.none : say.title}
      description={
        devices.length === 0 ? (
          say.noneAbout
        ) : (
          <>
            {say.aboutBefore} <span className="font-mono">{masked}</span> {say.aboutAfter(organization)}
          </>
        )
      }
    >
      {devices.length > 0 && (
        <DevicesForm
          link={parsed.data}
          devices={devices.map(({ id, label, createdAt, lastValidatedAt }) => ({
            id,
            label: label || say.unnamed,
            seen: [say.since(day(createdAt)), lastValidatedAt && say.lastSeen(day(lastValidatedAt))]
              .filter(Boolean)
              .join(', '),
          }))}
          words={{ button: say.button, consequence: say.consequence }}
        />
      )}
    </EntryPage>
  )
}
