import '#server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Member, Visitor } from '../base/actor.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record, recordAs } from '../events/commands.ts'
import type { EventData, EventType } from '../events/schema.ts'

// Sign-ins belong to a person, history to an organization: what a person does at the door is written down in each they belong to.

type AccountEvent =
  | `session.${string}`
  | `member.${'password' | 'address' | 'two_step' | 'recovery_codes' | 'passkey' | 'sign_in'}_${string}`
type SessionEvent = { type: Extract<EventType, AccountEvent>; data: EventData }

/** Records what a person did, in every organization they are a member of. Customers leave no trace here. */
export async function recordForMember(
  tx: Tx,
  userId: string,
  visitor: Visitor | null,
  now: Date,
  event: SessionEvent,
): Promise<void> {
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true, role: true, user: { select: { email: true, name: true } } },
    orderBy: { organizationId: 'asc' },
  })
  const from = visitor && { address: visitor.address, device: visitor.device ?? null }
  for (const { organizationId, role, user } of memberships) {
    const member: Member = { kind: 'merchant', userId, ...user, organizationId, role, ...(from && { from }) }
    await record(tx, member, now, { ...event, organizationId })
  }
}

/** Notes a wrong password for a member's address. Not waited for: the time of the answer must not tell whether there is such a member. */
export function noteWrongPassword(visitor: Visitor, email: string, now: Date): void {
  note('session.refused', visitor, email, now, 'password')
}

/** The same for a wrong code of the second step, by somebody who passed the first. */
export function noteWrongCode(visitor: Visitor, email: string, now: Date): void {
  note('session.refused', visitor, email, now, 'code')
}

/** Notes that somebody has to wait for the next attempt at a member's address. */
export function noteSlowDown(visitor: Visitor, email: string, now: Date, what: Wrong = 'password'): void {
  note('session.slowed', visitor, email, now, what)
}

const notes = perProcess('security-notes', () => ({ waiting: new Set<Promise<void>>(), hurry: new AbortController() }))

// Written at once it would take its time from the answer that is being made, and so tell a member's address from others all the same.
const afterTheAnswer = () =>
  sleep(AFTER_MS * (1 + Math.random()), undefined, { signal: notes.hurry.signal, ref: false }).catch(() => {})

/** Resolves when everything noted so far is written; for tests and the end of a process. */
export async function securityNotes(): Promise<void> {
  notes.hurry.abort()
  notes.hurry = new AbortController()
  await Promise.all(notes.waiting)
}

type NoteType = 'session.refused' | 'session.slowed'

/** What was wrong. */
type Wrong = 'password' | 'code'

function note(type: NoteType, visitor: Visitor, email: string, now: Date, what: Wrong): void {
  // Of unknown addresses this is all that is kept. Attempts that were only slowed down could fill the log.
  if (type === 'session.refused') log.warn({ address: visitor.address }, `wrong ${what}`)
  // Beyond that, somebody sends more than can be written down; the log line above has them.
  if (notes.waiting.size >= 50) return
  const written = afterTheAnswer()
    .then(() => write(type, visitor, email, now, what))
    .catch((error) => log.error({ err: error }, 'a refused sign-in could not be recorded'))
    .finally(() => notes.waiting.delete(written))
  notes.waiting.add(written)
}

const AFTER_MS = 500
const SUM_MS = 60 * 60 * 1_000

/** Refusals of one member from one address are one event an hour, with their number: nobody can flood the history from outside. */
async function write(type: NoteType, visitor: Visitor, email: string, now: Date, what: Wrong): Promise<void> {
  const memberships = await prisma.membership.findMany({
    where: { user: { email } },
    select: { organizationId: true, userId: true },
    orderBy: { organizationId: 'asc' },
  })
  const { address, device = null } = visitor
  for (const { organizationId, userId } of memberships) {
    await prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${type} ${organizationId} ${userId}`}, 7))`
      const since = new Date(now.getTime() - SUM_MS)
      const summed = await tx.$executeRaw`
        UPDATE events SET data = data || jsonb_build_object('times', (data->>'times')::int + 1, 'last', ${now.toISOString()}::text)
        WHERE id = (SELECT id FROM events WHERE organization_id = ${organizationId}::uuid AND type = ${type} AND at > ${since}
          AND type IN ('session.refused', 'session.slowed') AND data->>'email' = ${email}
          AND COALESCE(data->>'what', 'password') = ${what}
          AND address IS NOT DISTINCT FROM ${address} ORDER BY at DESC LIMIT 1)`
      if (summed > 0) return
      const by = { actorKind: 'visitor', actorId: null, actorLabel: 'Somebody', address, device }
      await recordAs(tx, by, now, [
        { type, organizationId, data: { email, times: 1, ...(what === 'code' && { what }) } },
      ])
    })
  }
}
