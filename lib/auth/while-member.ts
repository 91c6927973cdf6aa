import '#server-only'
import type { Member } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { sessionsOfMembers } from './queries.ts'
import { sessionToken } from './session.ts'

const CHECK_MS = 1_000

/** A file for a member that breaks off, within a second, when their session ends or they leave the organization. */
export async function whileMember<Part>(member: Member, parts: AsyncGenerator<Part>): Promise<AsyncGenerator<Part>> {
  // Asked while the request is there: the file is sent after it.
  const { sessionId } = await sessionToken()
  return whileOpen({ sessionId: sessionId ?? '', organizationId: member.organizationId }, parts)
}

/** The same for a session. */
export async function* whileOpen<Part>(
  { sessionId, organizationId }: { sessionId: string; organizationId: string },
  parts: AsyncGenerator<Part>,
  everyMs = CHECK_MS,
): AsyncGenerator<Part> {
  let checkedAt = performance.now()
  for await (const part of parts) {
    if (performance.now() - checkedAt >= everyMs) {
      const open = await sessionsOfMembers([sessionId], new Date())
      if (!open.some((each) => each.organizationId === organizationId))
        throw new Refusal('UNAUTHORIZED', 'Whoever asked for this file may no longer have it.')
      checkedAt = performance.now()
    }
    yield part
  }
}
