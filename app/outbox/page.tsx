import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Button } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Input } from '#components/ui/input.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { outboxIsOpen } from '#lib/base/env.ts'
import { mailName } from '#lib/mail/plain.ts'
import { listOutbox } from '#lib/mail/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { mailLook } from './mail-look.ts'

export const metadata: Metadata = { title: 'Outbox', robots: { index: false } }

// What it shows depends on this server and its database, which a build does not know.
export const dynamic = 'force-dynamic'

const SIZE = 30

/** The demo's mail, for visitors to read. Everywhere else there is no such page. */
export default async function OutboxPage({ searchParams }: PageProps<'/outbox'>) {
  if (!outboxIsOpen()) notFound()
  const query = await searchParams
  const to = typeof query.to === 'string' ? query.to.trim() : ''
  const page = Math.max(1, Math.min(10_000, Number.parseInt(String(query.page ?? 1), 10) || 1))
  const { mails, total } = await listOutbox({ kind: 'system', name: 'Demo' }, { to }, { page, size: SIZE })
  const now = new Date()
  const pageHref = (number: number) => paths.outbox({ to, page: number })
  return (
    <main id="content" className="mx-auto grid w-full max-w-[760px] gap-4 px-4 py-8 sm:px-6">
      <header>
        <h1 className="font-semibold text-xl tracking-tight">Outbox</h1>
        <p className="mt-1 text-pretty text-mute">
          The mail this demo sends. Open a sign-in link here to become that customer. Only demos have this page.
        </p>
      </header>
      <search>
        <form action={paths.outbox()} className="flex gap-2">
          <Input
            name="to"
            defaultValue={to}
            aria-label="Address"
            placeholder="Address"
            type="search"
            className="flex-1"
          />
          <Button type="submit">Search</Button>
        </form>
      </search>
      <Card>
        {mails.length === 0 ? (
          <EmptyState title={to ? 'No mail to this address' : 'No mail yet'}>
            {to
              ? 'Search for another one, or ask for a sign-in link.'
              : 'Issue a key by mail, or ask for a sign-in link.'}
          </EmptyState>
        ) : (
          <ul>
            {mails.map((mail) => (
              <li key={mail.id} className="border-line2 border-t first:border-t-0">
                <Link
                  href={paths.outboxMail({ id: mail.id })}
                  className="grid grid-cols-[1fr_auto] gap-x-3 px-3.5 py-2.5 hover:bg-line2"
                >
                  <span className="truncate font-medium">{mailName(mail)}</span>
                  <Time value={mail.createdAt} now={now} className="justify-self-end text-mute" />
                  <span className="truncate text-mute">{mail.to}</span>
                  <Status {...mailLook[mail.status]} className="justify-self-end" />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {(page > 1 || total > page * SIZE) && (
        <nav aria-label="Pages" className="flex justify-between">
          {page > 1 ? <Button href={pageHref(page - 1)}>Newer</Button> : <span />}
          {total > page * SIZE && <Button href={pageHref(page + 1)}>Older</Button>}
        </nav>
      )}
    </main>
  )
}
