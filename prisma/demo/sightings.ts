// Where the demo's keys were used from in the last four weeks: mostly honest, and two that are not.
import { prisma } from '#lib/database/client.ts'
import { assessDue } from '#lib/misuse/recompute.ts'
import { deviceHash, networkHash } from '#lib/misuse/sightings.ts'
import { areaOf } from '#lib/misuse/tally.ts'
import type { Prisma } from '#prisma/client.ts'
import type { Random } from './random.ts'

const DAY = 86_400_000
const DAYS = 27

/** Whom the keys of each configuration are sold to. */
const policies: Record<string, { audience: string; seats?: number }> = {
  'Editor, yearly': { audience: 'person' },
  'Editor trial': { audience: 'trial' },
  'Team, 25 seats': { audience: 'team', seats: 25 },
  'API, metered': { audience: 'anyone' },
}

/** Who let a device's id be copied, and whose key strangers try. */
const COPIED = 'Lucia’s MacBook Pro'
const ON_A_FORUM = 'Oskar’s MacBook Air'
/** Who looks odd and is honest. */
const TRAVELS = 'Amélie’s MacBook Air'
const HAS_ANOTHER_ADDRESS_DAILY = 'Yusuf’s ThinkPad X1'

type Seen = { device: string | null; network: string; daysAgo: number; hours: number; yes: number; full?: number }

/** Adds sightings of every device, and looks at the keys once. */
export async function addSightings(organizationId: string, now: Date, random: Random): Promise<void> {
  const configurations = await prisma.keyConfiguration.findMany({
    where: { organizationId },
    select: { id: true, name: true },
  })
  await prisma.misusePolicy.createMany({
    data: configurations.flatMap(({ id, name }) => {
      const policy = policies[name]
      return policy
        ? [{ keyConfigurationId: id, organizationId, audience: policy.audience, seats: policy.seats ?? null }]
        : []
    }),
  })
  const keys = await prisma.licenseKey.findMany({
    where: { organizationId, activations: { some: { deactivatedAt: null } } },
    select: {
      id: true,
      activations: {
        where: { deactivatedAt: null },
        select: { id: true, label: true, fingerprint: true, createdAt: true },
      },
    },
    orderBy: { id: 'asc' },
  })
  const rows = keys.flatMap(({ id, activations }, nth) =>
    seenOf(activations, nth, now, random).map((seen) => rowOf(organizationId, id, now, seen)),
  )
  const found = new Map(rows.map((row) => [`${row.licenseKeyId} ${row.day} ${row.device} ${row.network}`, row]))
  await prisma.sighting.createMany({ data: [...found.values()] })
  await prisma.keyRisk.createMany({ data: keys.map(({ id }) => ({ licenseKeyId: id, organizationId, dueAt: now })) })
  await assessDue({ kind: 'system', name: 'Latchkey' }, now)
}

type Device = { id: string; label: string; fingerprint: string | null; createdAt: Date }

function* usesOf({ createdAt }: Device, now: Date, random: Random, share: number) {
  for (let daysAgo = DAYS; daysAgo >= 0; daysAgo--) {
    if (now.getTime() - daysAgo * DAY < createdAt.getTime() + DAY / 2 || !random.chance(share)) continue
    const begin = random.int(7, 15)
    const length = random.int(1, 6)
    yield { daysAgo, hours: ((1 << length) - 1) << begin, yes: length }
  }
}

function seenOf(devices: Device[], nth: number, now: Date, random: Random): Seen[] {
  // Documentation has too few networks for everybody: these belong to nobody in the demo, either.
  const network = (more: number) => `10.${100 + (nth % 100)}.${(nth * 7 + more) % 250}.0/24`
  const home = network(0)
  const seen: Seen[] = []
  for (const device of devices) {
    const name = device.fingerprint ?? device.id
    for (const use of usesOf(device, now, random, 0.7)) {
      const isAway = device.label === TRAVELS && use.daysAgo % 9 > 3
      const moves = device.label === HAS_ANOTHER_ADDRESS_DAILY
      seen.push({
        device: name,
        network: isAway ? network(20 + Math.floor(use.daysAgo / 3)) : moves ? network(use.daysAgo) : home,
        ...use,
      })
    }
    if (device.label === COPIED)
      for (let place = 1; place <= 9; place++)
        for (const use of usesOf(device, now, random, 0.8))
          seen.push({ device: name, network: `10.${10 + place}.${place * 11}.0/24`, ...use })
    if (device.label === ON_A_FORUM)
      for (let stranger = 0; stranger < 26; stranger++) {
        const first = random.int(7, 11)
        // Who comes back the day after still wants it.
        for (const daysAgo of [first, first - 1])
          seen.push({
            ...{ device: `stranger ${stranger}`, network: `10.${210 + (stranger % 40)}.${stranger}.0/24` },
            ...{ daysAgo, hours: 1 << random.int(8, 22), yes: 0, full: random.int(1, 4) },
          })
      }
  }
  return seen
}

function rowOf(
  organizationId: string,
  licenseKeyId: string,
  now: Date,
  { device, network, daysAgo, hours, yes, full = 0 }: Seen,
): Prisma.SightingCreateManyInput {
  const day = Math.floor(now.getTime() / DAY) - daysAgo
  return {
    ...{ licenseKeyId, organizationId, day: new Date(day * DAY), device: deviceHash(organizationId, device) },
    ...{ network: networkHash(organizationId, day, network), area: networkHash(organizationId, day, areaOf(network)) },
    ...{ prefix: network, hours, yes, no: full, full },
  }
}
