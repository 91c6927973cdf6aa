// While the master secret is replaced, rows of both secrets are found by everything that looks for a key.
import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import type { Member, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { activate, deactivate, validate } from '../license-calls/calls.ts'
import { withOurIds } from '../license-calls/known-as.ts'
import { listLicenseKeys } from '../license-keys/list.ts'
import { lookUpKeys } from '../license-keys/look-up.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { type Held, type Secrets, secretsInUse, takeSecrets } from './secrets.ts'

const software: Software = { kind: 'software', address: null }
const before = secretsInUse()
afterAll(() => takeSecrets(before))

const former: Held = { version: 1, secret: 'a former secret of the tests, 1b7d0c6e' }
const next: Held = { version: 2, secret: 'the next secret of the tests, 93ae52f4' }
const only = (current: Held): Secrets => ({ current, other: null, kept: {} })

const organizationId = newId()
const merchant: Member = {
  ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
}
const theirs = randomUUID()
await prisma.organization.create({
  data: { id: organizationId, slug: organizationId, name: 'Test', externalIds: [theirs] },
})
const customer = await prisma.customer.create({ data: { organizationId, email: `${organizationId}@test.example` } })
const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Pro' } })

async function addKey(secrets: Secrets) {
  takeSecrets(secrets)
  const keyString = makeKeyString('uuid', null)
  const { id } = await prisma.licenseKey.create({
    data: {
      ...{ organizationId, customerId: customer.id, keyConfigurationId: configuration.id },
      ...keyStringColumns(keyString, null),
    },
  })
  return { id, keyString }
}

const check = (key: string, idempotencyKey: string | null = null) =>
  validate(software, { key, organization_id: organizationId }, new Date(), idempotencyKey)
const list = { page: 1, size: 10, sort: 'createdAt', dir: 'desc' } as const
const mistyped = (key: string) => `“${key.replaceAll('-', ' ').replaceAll('0', 'O')}”`

describe.each([
  ['has the former one and knows the next one', { current: former, other: next, kept: {} }],
  ['has the next one and knows the former one', { current: next, other: former, kept: {} }],
])('a process that %s', (_, process: Secrets) => {
  test.each([
    ['former', former],
    ['next', next],
  ])('finds a key of the %s one', async (_, held) => {
    const { id, keyString } = await addKey(only(held))
    takeSecrets(process)
    const found = { verdict: { code: 'VALID' }, key: { id, keyString } }
    for (const typed of [keyString, keyString.toLowerCase(), `Key: ${keyString}`, mistyped(keyString)]) {
      expect(await check(typed), typed).toMatchObject(found)
      expect(await check(typed, randomUUID()), typed).toMatchObject(found)
      expect(await lookUpKeys(merchant, typed, 9), typed).toMatchObject([{ licenseKeyId: id, matchedBy: 'key' }])
      expect(await listLicenseKeys(merchant, { q: typed }, list, new Date()), typed).toMatchObject({ keys: [{ id }] })
    }
    const call = { key: keyString, organization_id: organizationId }
    const activated = await activate(software, { ...call, label: 'x', fingerprint: 'x' }, new Date())
    expect(activated).toMatchObject({ verdict: { code: 'ACTIVATED' }, key: { keyString } })
    const activation = { ...call, activation_id: activated.activation?.id as string }
    expect((await deactivate(software, activation, new Date())).verdict.code).toBe('DEACTIVATED')
    expect(await withOurIds({ key: mistyped(keyString), organization_id: theirs })).toMatchObject({
      organization_id: organizationId,
    })
  })

  test('finds a string that was rotated away under the former one', async () => {
    const { id, keyString } = await addKey(only(former))
    await rotateLicenseKey(merchant, { licenseKeyId: id, overlapHours: 0 }, new Date())
    takeSecrets(process)
    expect((await check(keyString)).verdict.code).toBe('REPLACED')
    expect((await check(mistyped(keyString))).verdict.code).toBe('REPLACED')
    expect((await check(mistyped(keyString), randomUUID())).verdict.code).toBe('REPLACED')
  })

  test('knows no key that is not there', async () => {
    takeSecrets(process)
    expect((await check(makeKeyString('uuid', null))).verdict.code).toBe('NOT_FOUND')
  })
})

test('a key that was looked for by the former hash when the secret was forgotten is found', async () => {
  const { id, keyString } = await addKey(only(next))
  takeSecrets(only(former))
  const answer = check(keyString)
  takeSecrets(only(next))
  expect(await answer).toMatchObject({ verdict: { code: 'VALID' }, key: { id } })
})
