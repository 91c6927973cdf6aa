import { expect, test } from 'vitest'
import type { Merchant, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { getOverview } from './queries.ts'

const now = new Date('2026-11-21T12:30:00.000Z')
const DAY = 86_400_000
const at = (ms: number) => new Date(now.getTime() + ms)
const software: Software = { kind: 'software', address: null }

async function merchant(): Promise<Merchant> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  return { kind: 'merchant', userId: newId(), email: 'm@test.example', name: null, organizationId, role: 'viewer' }
}

/** One of everything: a full key that refused a device, one that expires soon, one that is revoked. */
async function busy(): Promise<Merchant & { full: string; soon: string }> {
  const me = await merchant()
  const { organizationId } = me
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Yearly', activationsMode: 'limited', activationLimit: 1 },
  })
  await prisma.product.create({ data: { organizationId, name: 'Editor' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'tomas@x.example' } })
  const key = async (over: object) => {
    const { id } = await prisma.licenseKey.create({
      data: {
        organizationId,
        keyConfigurationId: configuration.id,
        customerId: customer.id,
        ...keyStringColumns(makeKeyString('uuid', null), null),
        ...over,
      },
    })
    return id
  }
  const full = await key({ validations: 3 })
  const soon = await key({ expiresAt: at(3 * DAY) })
  await key({ status: 'revoked', revokedFor: ['by_hand'] })
  await prisma.activation.create({ data: { organizationId, licenseKeyId: full, label: 'ThinkPad' } })
  await prisma.activation.create({ data: { organizationId, licenseKeyId: full, label: 'Gone', deactivatedAt: now } })
  const data = { label: 'MacBook Air', code: 'ACTIVATION_LIMIT_REACHED' }
  const refused = { type: 'activation.refused', organizationId, licenseKeyId: full, data } as const
  await record(prisma, software, at(-60_000), refused, refused)
  const hour = (text: string, code: string, count: number) => ({ organizationId, hour: new Date(text), code, count })
  await prisma.validationHour.createMany({
    data: [
      hour('2026-11-21T12:00:00Z', 'VALID', 10),
      hour('2026-11-20T13:00:00Z', 'EXPIRED', 2),
      hour('2026-11-20T12:00:00Z', 'VALID', 100),
      hour('2026-11-08T00:00:00Z', 'REVOKED', 7),
      hour('2026-11-07T23:00:00Z', 'VALID', 1_000),
    ],
  })
  return { ...me, full, soon }
}

test('counts what is there, names what expires, and says what happened last', async () => {
  const me = await busy()
  const overview = await getOverview(me, now)
  expect(overview.keys).toEqual({ active: 1, expiring: 1, grace: 0, expired: 0, disabled: 0, revoked: 1 })
  expect(overview.devices).toBe(1)
  expect(overview.lastDay).toEqual({ validations: 12, refused: 2 })
  expect(overview.days).toHaveLength(14)
  expect(overview.days[0]).toMatchObject({ day: '2026-11-08', counts: { off: 7, valid: 0 } })
  expect(overview.days.at(-2)).toMatchObject({ day: '2026-11-20', counts: { valid: 100, expired: 2 } })
  expect(overview.days.at(-1)).toMatchObject({ day: '2026-11-21', counts: { valid: 10 } })
  expect(overview.reasons.map((reason) => [reason.code, reason.count])).toEqual([
    ['REVOKED', 7],
    ['EXPIRED', 2],
  ])
  expect(overview.expiring.keys.map((key) => key.id)).toEqual([me.soon])
  expect(overview.events[0]).toMatchObject({ type: 'activation.refused', licenseKey: { id: me.full } })
  expect(overview.steps).toEqual({ product: true, configuration: true, key: true, validation: true, store: false })
})

test('of an empty organization is empty, whatever others have', async () => {
  await busy()
  const overview = await getOverview(await merchant(), now)
  expect(Object.values(overview.keys)).toEqual([0, 0, 0, 0, 0, 0])
  expect(overview).toMatchObject({
    devices: 0,
    lastDay: { validations: 0, refused: 0 },
    reasons: [],
    expiring: { total: 0 },
    events: [],
    steps: { product: false, configuration: false, key: false, validation: false },
  })
})
