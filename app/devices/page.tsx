import type { Metadata } from 'next'
import { z } from 'zod'
import { EntryPage } from '#components/entry-page.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { currentVisitor } from '#lib/auth/session.ts'
import { dayInShort } from '#lib/base/days.ts'
import { questionOf } from '#lib/misuse/ask.ts'
import { DevicesForm } from './devices-form.tsx'

// As for sign-in links: no other site may see the address.
export const metadata: Metadata = { title: 'Your devices', referrer: 'same-origin', robots: { index: false } }

const Link = z.object({ question: z.string(), code: z.string() })

/** Where a mail leads that asks which devices are its reader's. Opening it changes nothing: programs that read mail open links too. */
export default async function DevicesPage({ searchParams }: PageProps<'/devices'>) {
  const parsed = Link.safeParse(await searchParams)
  const question = parsed.success ? await questionOf(await currentVisitor(), parsed.data, new Date()) : null
  if (!parsed.success || !question)
    return (
      <QuietPage title="This link does not work">
        It was not copied completely, or its time is over. Nothing happens to your key.
      </QuietPage>
    )
  const { organization, masked, devices } = question
  return (
    <EntryPage
      seller={organization}
      title={devices.length === 0 ? 'No devices' : 'Are these devices yours?'}
      description={
        devices.length === 0 ? (
          'No device uses your key now. There is nothing to do.'
        ) : (
          <>
            They use your license key <span className="font-mono">{masked}</span> from {organization}. Take the tick
            away from those you do not know.
          </>
        )
      }
    >
      {devices.length > 0 && (
        <DevicesForm
          link={parsed.data}
          devices={devices.map(({ id, label, createdAt, lastValidatedAt }) => ({
            id,
            label: label || 'A device without a name',
            seen: `since ${dayInShort(createdAt, 'UTC')}${lastValidatedAt ? `, last seen ${dayInShort(lastValidatedAt, 'UTC')}` : ''}`,
          }))}
        />
      )}
    </EntryPage>
  )
}
