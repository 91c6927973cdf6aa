import type { Metadata } from 'next'
import { z } from 'zod'
import { EntryPage } from '#components/entry-page.tsx'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { currentVisitor } from '#lib/auth/session.ts'
import { remindersOf } from '#lib/mail-settings/reminders.ts'
import { currentReader } from '#lib/words/reader.ts'
import { RemindersForm } from './reminders-form.tsx'

// As for sign-in links: no other site may see the address.
export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.reminders.stop, referrer: 'same-origin', robots: { index: false } },
})

const Link = z.object({ mail: z.string(), code: z.string() })

/** Where a reminder's link leads. Opening it changes nothing: programs that read mail open links too. */
export default async function RemindersPage({ searchParams }: PageProps<'/reminders'>) {
  const parsed = Link.safeParse(await searchParams)
  const reminders = parsed.success ? await remindersOf(await currentVisitor(), parsed.data) : null
  const reader = await currentReader()
  const { words, language } = reader
  const { reminders: say } = words
  if (!parsed.success || !reminders)
    return (
      <QuietPage
        lang={language}
        title={say.over}
        footer={<LanguageSwitch language={language} label={words.frame.language} />}
      >
        {say.overAbout}
      </QuietPage>
    )
  const { organization, email, areStopped } = reminders
  const address = <strong className="font-medium text-ink [overflow-wrap:anywhere]">{email}</strong>
  return (
    <EntryPage
      reader={reader}
      seller={organization}
      title={areStopped ? say.stoppedTitle : say.stopTitle}
      description={
        areStopped ? (
          <>
            {say.stoppedBefore(organization)} {address} {say.stoppedAfter}
          </>
        ) : (
          <>
            {say.remindsBefore(organization)} {address} {say.remindsAfter}
          </>
        )
      }
    >
      <RemindersForm link={parsed.data} areStopped={areStopped} button={areStopped ? say.again : say.stop} />
    </EntryPage>
  )
}
