// The demo's saved views of the list of keys, as the team would have made them.
import type { Member } from '#lib/base/actor.ts'
import { saveView } from '#lib/saved-views/commands.ts'
import { SaveView } from '#lib/saved-views/schema.ts'

const DAY = 86_400_000

const views = [
  { ago: 21, name: 'To win back', query: 'status:expired ended:<90d', sort: 'expiresAt', dir: 'desc' },
  { ago: 12, name: 'Out of devices', query: 'status:active limit:at', sort: 'lastValidatedAt', dir: 'desc' },
]

/** Saves them, some weeks ago. */
export async function addViews(member: Member, now: Date): Promise<void> {
  for (const { ago, ...view } of views)
    await saveView(member, SaveView.parse(view), new Date(now.getTime() - ago * DAY))
}
