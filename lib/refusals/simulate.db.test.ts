import { afterAll, expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { activate, validate } from '../license-calls/calls.ts'
import { Simulation } from './schema.ts'
import { simulateCall, simulationChoices } from './simulate.ts'

const software = { kind: 'software' as const, address: null }

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'ines@test.example', name: 'Ines' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'me@test.example', name: 'Nora', role: 'viewer', organizationId },
  }
  const product = await prisma.product.create({ data: { organizationId, name: 'Inkwell' } })
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Yearly', activationsMode: 'limited', activationLimit: 1, entitlements: ['export'] },
  })
  const key = makeKeyString('uuid', 'TEST')
  const { id } = await prisma.licenseKey.create({
    data: {
      ...{ organizationId, customerId: customer.id, keyConfigurationId: configuration.id, productId: product.id },
      ...{ ...keyStringColumns(key, 'TEST'), expiresAt: new Date('2040-01-01T00:00:00Z') },
    },
  })
  return { organizationId, me, id, key, product }
}

const everything = async (organizationId: string) =>
  JSON.stringify(
    [
      await prisma.licenseKey.findMany({ where: { organizationId } }),
      await prisma.activation.findMany({ where: { organizationId } }),
      await prisma.event.findMany({ where: { organizationId } }),
      await prisma.callRefusal.findMany({ where: { organizationId } }),
      await prisma.validationHour.findMany({ where: { organizationId } }),
    ],
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  )

test('a simulation comes to what the call is answered, and touches nothing', async () => {
  const { organizationId, me, id, key, product } = await shop()
  const call = { key, organization_id: organizationId }
  const { activation } = await activate(software, { ...call, label: 'Studio', fingerprint: 'studio' }, new Date())
  const other = await prisma.product.create({ data: { organizationId, name: 'Quill' } })
  const before = await everything(organizationId)
  const asks = [
    {},
    { activation_id: activation?.id },
    { fingerprint: 'studio', product_id: product.id, entitlements: ['export'] },
    { product_id: other.id },
    { entitlements: ['sync'] },
    { fingerprint: 'nobody' },
  ]
  const simulated = []
  for (const ask of asks) simulated.push(await simulateCall(me, id, Simulation.parse(ask), new Date()))
  const joining = await simulateCall(me, id, Simulation.parse({ verb: 'activate', fingerprint: 'new' }), new Date())
  const known = await simulateCall(me, id, Simulation.parse({ verb: 'activate', fingerprint: 'studio' }), new Date())
  expect(await everything(organizationId)).toBe(before)

  for (const [i, ask] of asks.entries())
    expect((await validate(software, { ...call, ...ask }, new Date())).verdict.code).toBe(simulated[i]?.verdict.code)
  expect(simulated.map(({ verdict }) => verdict.code)).toEqual([
    ...['VALID', 'VALID', 'VALID', 'PRODUCT_MISMATCH', 'ENTITLEMENT_MISSING', 'ACTIVATION_NOT_FOUND'],
  ])
  expect(joining.verdict.code).toBe('ACTIVATION_LIMIT_REACHED')
  expect((await activate(software, { ...call, label: 'New', fingerprint: 'new' }, new Date())).verdict.code).toBe(
    'ACTIVATION_LIMIT_REACHED',
  )
  expect(joining.steps.at(-1)).toMatchObject({ outcome: 'refused', words: '1 of 1 device is taken.' })
  expect(known.verdict.code).toBe('ACTIVATED')
  expect(known.steps.at(-1)).toMatchObject({ outcome: 'not_needed' })
  const product_ = simulated[3]?.steps.find(({ outcome }) => outcome === 'refused')
  expect(product_?.words).toBe('“Quill” is asked for, the key is for “Inkwell”.')
  expect(simulated[3]?.steps.map(({ code, outcome }) => `${code} ${outcome}`)).toEqual([
    ...['NOT_FOUND passed', 'REPLACED passed', 'REVOKED passed', 'DISABLED passed', 'EXPIRED passed'],
    ...['PRODUCT_MISMATCH refused', 'CONFIGURATION_MISMATCH not_reached', 'CUSTOMER_MISMATCH not_reached'],
    ...['ACTIVATION_REQUIRED not_reached', 'ACTIVATION_NOT_FOUND not_reached', 'CONDITIONS_MISMATCH not_reached'],
    ...['ENTITLEMENT_MISSING not_reached', 'USAGE_LIMIT_REACHED not_reached'],
  ])
})

test('a simulation of another day has that day', async () => {
  const { me, id } = await shop()
  const { verdict, steps } = await simulateCall(me, id, Simulation.parse({ at: new Date('2040-06-01') }), new Date())
  expect(verdict.code).toBe('EXPIRED')
  expect(steps.find(({ code }) => code === 'EXPIRED')?.words).toBe(
    'It expired on 1 Jan 2040, 00:00 UTC, with no grace.',
  )
})

test("another organization's key is not found", async () => {
  const [{ id }, { me }] = [await shop(), await shop()]
  for (const asked of [id, 'no-id']) {
    await expect(simulateCall(me, asked, Simulation.parse({}), new Date())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(simulationChoices(me, asked)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }
})
