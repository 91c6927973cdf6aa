import { beforeEach, describe, expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Customer, Software, Visitor } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { activate } from '../license-calls/calls.ts'
import { ActivateCall, DeviceCodeCall } from '../license-calls/schema.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { approveRequest, denyRequest, keysFor, openRequest, sealRequest } from './approve.ts'
import { askForKey, findByUserCode, pollForKey, purgeDeviceRequests, readRequest } from './device-requests.ts'

const makePerson = async (email: string) => ({
  userId: (await prisma.user.create({ data: { email, emailVerifiedAt: new Date() } })).id,
})

const software: Software = { kind: 'software', address: '192.0.2.7' }
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => `${error.code}${error.field ? ` ${error.field}` : ''}`,
  )
const later = (seconds: number) => new Date(Date.now() + seconds * 1_000)

// From a network of their own: wrong codes are counted for networks, too.
let visitor: Visitor
beforeEach(() => {
  const [one, two] = newId().slice(-8).match(/.{4}/g) ?? []
  visitor = { kind: 'visitor', address: `2001:db8:${one}:${two}::7` }
})

async function shopWithKey(over: object = {}) {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration(over))
  const { userId } = await makePerson(key.customerEmail)
  const owner: Customer = { kind: 'customer', userId, email: key.customerEmail }
  return { shop, key, owner }
}

async function asked(organization_id: string, owner: Customer, more: object = {}) {
  const now = new Date()
  const call = DeviceCodeCall.parse({ organization_id, label: 'Studio iMac', fingerprint: newId(), ...more })
  const code = await askForKey(software, call, 'curl/8.5.0', now)
  const found = await findByUserCode(owner, visitor, code.userCode, now)
  const request = await readRequest(found?.requestId ?? '')
  if (!request) throw new Error('no request')
  return { code, request, poll: (at = now) => pollForKey(software, code.deviceCode, at) }
}

const devicesOf = (licenseKeyId: string) => prisma.activation.count({ where: { licenseKeyId, deactivatedAt: null } })

test('whoever types the code gives the device their key, by every rule of an activation', async () => {
  const { shop, key, owner } = await shopWithKey({
    expiryKind: 'duration',
    durationCount: 1,
    durationUnit: 'year',
    expiryStart: 'first_activation',
  })
  const more = { conditions: { major: 4 }, meta: { os: 'macOS' }, fingerprint: 'f-1' }
  const { request, poll } = await asked(shop.id, owner, more)
  expect(await poll()).toEqual({ answer: 'pending', intervalSeconds: 5 })
  expect(request).toMatchObject({ address: '192.0.2.7', program: 'curl', label: 'Studio iMac' })
  const approval = { licenseKeyId: key.id, activationId: null, label: 'My Mac' }
  await approveRequest(owner, request, approval, new Date())
  const answer = await poll(later(1))
  expect(answer).toMatchObject({ answer: 'approved', key: { keyString: key.key }, activation: { label: 'My Mac' } })
  const device = await prisma.activation.findFirstOrThrow({ where: { licenseKeyId: key.id } })
  expect(device).toMatchObject({ fingerprint: 'f-1', conditions: { major: 4 }, meta: { os: 'macOS' } })
  // The first activation began its time.
  expect((await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })).expiresAt).not.toBeNull()
  const event = await prisma.event.findFirstOrThrow({ where: { licenseKeyId: key.id, type: 'activation.created' } })
  expect(event).toMatchObject({ actorKind: 'customer', actorLabel: owner.email, activationId: device.id })
  // A lost answer is given again for a minute; then the code has been used.
  expect(await poll(later(60))).toMatchObject({ answer: 'approved' })
  expect(await poll(later(62))).toEqual({ answer: 'expired' })
  expect(await findByUserCode(owner, visitor, 'BCDF-GHJK', new Date())).toBeNull()
})

test('codes are not stored, and a used or old one opens nothing', async () => {
  const { shop, key, owner } = await shopWithKey()
  const { code, request, poll } = await asked(shop.id, owner)
  const row = JSON.stringify(await prisma.deviceRequest.findUnique({ where: { id: request.id } }))
  for (const secret of [code.deviceCode, code.userCode, code.userCode.replace('-', '')])
    expect(row).not.toContain(secret)
  expect(Buffer.from(code.deviceCode, 'base64url').length).toBe(32)
  expect(await findByUserCode(owner, visitor, code.userCode, later(601))).toBeNull()
  expect(
    await codeOf(approveRequest(owner, request, { licenseKeyId: key.id, activationId: null, label: '' }, later(601))),
  ).toBe('NOT_FOUND request')
  expect(await poll(later(601))).toEqual({ answer: 'expired' })
  expect(await devicesOf(key.id)).toBe(0)
  await denyRequest(owner, request, new Date())
  expect(await findByUserCode(owner, visitor, code.userCode, new Date())).toBeNull()
  expect(await poll()).toEqual({ answer: 'denied' })
  expect(
    await codeOf(approveRequest(owner, request, { licenseKeyId: key.id, activationId: null, label: '' }, new Date())),
  ).toBe('NOT_FOUND request')
  await purgeDeviceRequests(later(3_601))
  expect(await pollForKey(software, code.deviceCode, new Date())).toEqual({ answer: 'unknown' })
})

test('of thirty who approve one code at once with two keys, one does; of yes and no at once, one', async () => {
  const { shop, key, owner } = await shopWithKey({ activationsMode: 'unlimited', activationLimit: null })
  const other = await shop.issue(key.benefit_id, { customerEmail: key.customerEmail })
  const { request, poll } = await asked(shop.id, owner, { fingerprint: null })
  const codes = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      codeOf(
        approveRequest(
          owner,
          request,
          { licenseKeyId: (i % 2 ? key : other).id, activationId: null, label: `No ${i}` },
          new Date(),
        ),
      ),
    ),
  )
  expect(codes.filter((each) => each === 'ok')).toHaveLength(1)
  expect(codes.filter((each) => each === 'NOT_FOUND request')).toHaveLength(29)
  expect((await devicesOf(key.id)) + (await devicesOf(other.id))).toBe(1)
  expect(await poll(later(1))).toMatchObject({ answer: 'approved' })

  const second = await asked(shop.id, owner, { fingerprint: null })
  const yes = approveRequest(
    owner,
    second.request,
    { licenseKeyId: key.id, activationId: null, label: 'x' },
    new Date(),
  )
  const both = await Promise.all([codeOf(yes), codeOf(denyRequest(owner, second.request, new Date()))])
  expect(both.toSorted()).toEqual(['NOT_FOUND request', 'ok'])
})

test('a key that is replaced is told to no device that waits for it', async () => {
  const { shop, key, owner } = await shopWithKey()
  const { request, poll } = await asked(shop.id, owner)
  await approveRequest(owner, request, { licenseKeyId: key.id, activationId: null, label: 'My Mac' }, new Date())
  await rotateLicenseKey(shop.merchant, { licenseKeyId: key.id, overlapHours: 0, sendMail: false }, new Date())
  expect(await poll(later(300))).toEqual({ answer: 'denied' })
})

test('many codes at once never take more places than a key has', async () => {
  const { shop, key, owner } = await shopWithKey({ activationsMode: 'limited', activationLimit: 3 })
  const all = await Promise.all(Array.from({ length: 12 }, () => asked(shop.id, owner, { fingerprint: null })))
  const codes = await Promise.all(
    all.map(({ request }) =>
      codeOf(approveRequest(owner, request, { licenseKeyId: key.id, activationId: null, label: 'x' }, new Date())),
    ),
  )
  expect(codes.toSorted()).toEqual([...Array(9).fill('CONFLICT choice'), ...Array(3).fill('ok')])
  expect(await devicesOf(key.id)).toBe(3)
  // What was refused may still choose another key.
  const open = await prisma.deviceRequest.count({ where: { organizationId: shop.id, state: 'open' } })
  expect(open).toBe(9)
})

describe('at the limit', () => {
  const full = async (over: object = {}) => {
    const made = await shopWithKey({ activationsMode: 'limited', activationLimit: 1, ...over })
    const call = { key: made.key.key, organization_id: made.shop.id, label: 'Old' }
    const { activation } = await activate(software, ActivateCall.parse(call), new Date())
    return { ...made, old: activation?.id ?? '' }
  }

  test('another device gives up its place, and that counts', async () => {
    const { shop, key, owner, old } = await full()
    await prisma.customerSettings.create({ data: { organizationId: shop.id, releasesAYear: 1 } })
    const { request, poll } = await asked(shop.id, owner)
    expect((await keysFor(owner, request, new Date())).keys).toMatchObject([{ do: 'choose', devices: [{ id: old }] }])
    const approval = { licenseKeyId: key.id, activationId: old, label: 'New' }
    await approveRequest(owner, request, approval, new Date())
    expect(await poll(later(1))).toMatchObject({ answer: 'approved', activation: { label: 'New' } })
    const types = (await prisma.event.findMany({ where: { licenseKeyId: key.id }, orderBy: { id: 'asc' } })).map(
      ({ type }) => type,
    )
    expect(types.slice(-2)).toEqual(['activation.deactivated', 'activation.created'])
    const next = await asked(shop.id, owner)
    expect((await keysFor(owner, next.request, new Date())).keys).toMatchObject([{ do: 'wait' }])
    const now = await prisma.activation.findFirstOrThrow({ where: { licenseKeyId: key.id, deactivatedAt: null } })
    expect(await codeOf(approveRequest(owner, next.request, { ...approval, activationId: now.id }, new Date()))).toBe(
      'CONFLICT',
    )
    expect(await devicesOf(key.id)).toBe(1)
    expect(await next.poll()).toMatchObject({ answer: 'pending' })
  })

  test('unless the seller does not want that', async () => {
    const { shop, key, owner, old } = await full({ customerMayReplace: false })
    const { request } = await asked(shop.id, owner)
    expect((await keysFor(owner, request, new Date())).keys).toMatchObject([{ do: 'no', why: 'full' }])
    const approval = { licenseKeyId: key.id, activationId: old, label: 'New' }
    expect(await codeOf(approveRequest(owner, request, approval, new Date()))).toBe('FORBIDDEN')
    expect(await codeOf(approveRequest(owner, request, { ...approval, activationId: null }, new Date()))).toBe(
      'CONFLICT choice',
    )
  })
})

test('keys of others, of other sellers and of other products cannot be chosen', async () => {
  const { shop, key, owner } = await shopWithKey()
  const stranger = await shopWithKey()
  const productId = await shop.product([key.benefit_id])
  const other = await shop.configuration()
  const choose = async (more: object, licenseKeyId: string) => {
    const { request } = await asked(shop.id, owner, more)
    return codeOf(approveRequest(owner, request, { licenseKeyId, activationId: null, label: 'x' }, new Date()))
  }
  expect(await choose({}, stranger.key.id)).toBe('NOT_FOUND')
  expect(await choose({ product_id: productId }, key.id)).toBe('NOT_FOUND')
  expect(await choose({ benefit_id: other }, key.id)).toBe('NOT_FOUND')
  expect(await choose({ benefit_id: key.benefit_id }, key.id)).toBe('ok')
  for (const more of [{ organization_id: newId() }, { product_id: newId() }, { benefit_id: stranger.key.benefit_id }])
    expect(await codeOf(asked(shop.id, owner, more))).toBe('NOT_FOUND')
})

test('whoever did not type the code cannot decide, whatever address they have', async () => {
  const { shop, owner } = await shopWithKey()
  const { request } = await asked(shop.id, owner)
  const sealed = sealRequest(owner, request.id)
  expect(await openRequest(owner, sealed, new Date())).toMatchObject({ id: request.id })
  const stranger: Customer = { kind: 'customer', userId: newId(), email: owner.email }
  for (const other of [sealed.slice(0, -4), `${sealed}AAAA`, '', 'x'.repeat(2_000)])
    expect(await openRequest(owner, other, new Date())).toBeNull()
  expect(await openRequest(stranger, sealed, new Date())).toBeNull()
  expect(await openRequest(owner, sealed, later(601))).toBeNull()
})

test('wrong codes are counted for the person; right ones and slips of the hand are not', async () => {
  const { shop, owner } = await shopWithKey()
  for (let i = 0; i < 15; i++) {
    await asked(shop.id, owner)
    expect(await findByUserCode(owner, visitor, 'BCDF', new Date())).toBeNull()
  }
  for (let i = 0; i < 10; i++) expect(await findByUserCode(owner, visitor, 'BBBB-BBBB', new Date())).toBeNull()
  expect(await codeOf(findByUserCode(owner, visitor, 'BBBB-BBBB', new Date()))).toBe('RATE_LIMITED')
  const { userId } = await makePerson(`other-${newId().slice(-12)}@example.com`)
  const other: Customer = { kind: 'customer', userId, email: 'other@example.com' }
  expect(await findByUserCode(other, visitor, 'BBBB-BBBB', new Date())).toBeNull()
})

test('polls that come too soon make the interval longer, to a minute, for every process', async () => {
  const { shop, owner } = await shopWithKey()
  const { poll } = await asked(shop.id, owner)
  const intervals: number[] = []
  for (let second = 0; second < 16; second++) {
    const answer = await poll(later(second))
    if ('intervalSeconds' in answer) intervals.push(answer.intervalSeconds)
  }
  expect(intervals).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 60, 60, 60, 60])
  expect(await poll(later(76))).toEqual({ answer: 'pending', intervalSeconds: 60 })
  expect(await poll(later(130))).toEqual({ answer: 'slow_down', intervalSeconds: 60 })
})
