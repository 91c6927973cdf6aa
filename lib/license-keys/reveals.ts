import '#server-only'
import { describeActor, type Merchant, originOf } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { perProcess } from '../base/per-process.ts'
import { apart, isSilent, prisma } from '../database/client.ts'
import { recordAs } from '../events/commands.ts'

// Which strings a program was shown is recorded, but not again with every request of one that asks each minute: once an hour for each
// key and network address. A process remembers what it recorded; another one, or this one after a start, says it once more.

const REMEMBERED_MAX = 200_000

const remembered = perProcess('reveals', () => ({ hour: 0, seen: new Set<string>() }))

type Revealed = { id: string; customerId: string }

/** Records that a program was shown these key strings, in one event; before it is answered. */
export async function recordReveals(merchant: Merchant, keys: Revealed[], now: Date): Promise<void> {
  if (isSilent()) return
  const hour = Math.floor(now.getTime() / HOUR_MS)
  // A set of its own for each hour: a call that began in the last one adds to that of the last one.
  if (remembered.hour !== hour || remembered.seen.size >= REMEMBERED_MAX)
    Object.assign(remembered, { hour, seen: new Set() })
  const { seen } = remembered
  const { actorId, ...label } = describeActor(merchant)
  const from = originOf(merchant)
  const nameOf = ({ id }: Revealed) => `${actorId} ${from.address} ${id}`
  const fresh = keys.filter((key) => !seen.has(nameOf(key)))
  const [first, ...others] = fresh
  if (!first) return
  const { organizationId } = merchant
  const event =
    others.length === 0
      ? { licenseKeyId: first.id, customerId: first.customerId }
      : { data: { keys: fresh.length, license_key_ids: fresh.map(({ id }) => id) } }
  // No change of the request that may be repeated: reading carries nothing out.
  await apart(() =>
    prisma.$transaction((tx) =>
      recordAs(tx, { actorId, ...label, ...from }, now, [{ type: 'license_key.revealed', organizationId, ...event }]),
    ),
  )
  for (const key of fresh) seen.add(nameOf(key))
}
