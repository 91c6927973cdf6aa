import { describe, expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Customer } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { saveCustomerSettings, usualSettings } from '../customers/settings.ts'
import { prisma } from '../database/client.ts'
import { activate } from '../license-calls/calls.ts'
import { ActivateCall } from '../license-calls/schema.ts'
import { type DeviceAsk, manageUrl, readAsk } from './ask.ts'
import { getAsk, replaceDevice } from './replace.ts'

const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => `${error.code}${error.field ? ` ${error.field}` : ''}`,
  )
const stranger: Customer = { kind: 'customer', userId: newId(), email: 'stranger@example.com' }

/** A key for two devices, both taken, and a third that asks. */
async function fullKey({ fingerprint = null as string | null, over = {} } = {}) {
  const shop = await makeOrganization()
  const configuration = { activationsMode: 'limited', activationLimit: 2, ...over } as const
  const key = await shop.issue(await shop.configuration(configuration))
  const owner: Customer = { kind: 'customer', userId: newId(), email: key.customerEmail }
  const asks = async (label: string, print: string | null = null) =>
    activate(
      { kind: 'software', address: null },
      ActivateCall.parse({ key: key.key, organization_id: shop.id, label, ...(print && { fingerprint: print }) }),
      new Date(),
    )
  const one = (await asks('One')).activation?.id ?? ''
  const two = (await asks('Two')).activation?.id ?? ''
  const ask: DeviceAsk = { licenseKeyId: key.id, label: 'New laptop', fingerprint, askedAt: new Date() }
  const live = async () =>
    (
      await prisma.activation.findMany({
        where: { licenseKeyId: key.id, deactivatedAt: null },
        orderBy: { label: 'asc' },
      })
    ).map(({ label }) => label)
  return { shop, key, owner, one, two, ask, asks, live }
}

describe('the address that software is given', () => {
  const ask: DeviceAsk = { licenseKeyId: newId(), label: 'Büro 漢', fingerprint: 'f', askedAt: new Date() }
  const sealed = new URL(manageUrl(ask)).searchParams.get('ask') ?? ''

  test('says for which device, to nobody but us, for half an hour', () => {
    expect(readAsk(sealed, new Date())).toEqual(ask)
    expect(Buffer.from(sealed, 'base64url').includes('Büro')).toBe(false)
    expect(readAsk(sealed, new Date(Date.now() + 29 * 60_000))).toEqual(ask)
    expect(readAsk(sealed, new Date(Date.now() + 31 * 60_000))).toBeNull()
  })

  test.each(['', 'nothing', sealed.slice(0, -4), `${sealed}AAAA`, 'A'.repeat(9_000)])('%.12s… is none', (other) =>
    expect(readAsk(other, new Date())).toBeNull(),
  )

  test('no bit of it can be changed', () => {
    const bytes = Buffer.from(sealed, 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const other = Buffer.from(bytes)
      other.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      expect(readAsk(other.toString('base64url'), new Date())).toBeNull()
    }
  })
})

describe('one device gives its place to another', () => {
  test.each([['fingerprint-of-it'], [null]])(
    'and software with the fingerprint %s is given it, once',
    async (fingerprint) => {
      const { owner, one, ask, asks, live } = await fullKey({ fingerprint })
      expect((await asks('New laptop', fingerprint)).verdict.code).toBe('ACTIVATION_LIMIT_REACHED')
      expect((await getAsk(owner, ask, new Date())).state).toEqual({ do: 'choose', left: null })
      expect(await replaceDevice(owner, ask, one, new Date())).toEqual({ label: 'New laptop' })
      // Pressed twice: nothing more happens.
      await replaceDevice(owner, ask, one, new Date())
      expect(await live()).toEqual(['New laptop', 'Two'])
      expect((await getAsk(owner, ask, new Date())).state).toEqual({ do: 'there' })
      const again = await asks('New laptop', fingerprint)
      expect(again.verdict.code).toBe('ACTIVATED')
      expect(await live()).toEqual(['New laptop', 'Two'])
      // Another machine of the same name is a new one.
      if (!fingerprint) expect((await asks('New laptop')).verdict.code).toBe('ACTIVATION_LIMIT_REACHED')
      else expect((await asks('New laptop', fingerprint)).activation?.id).toBe(again.activation?.id)
    },
  )

  test('of many at once, each with another device, the key never has more than its limit', async () => {
    const { owner, one, two, ask, live } = await fullKey()
    const labels = ['A', 'B', 'C', 'D', 'E', 'F']
    const start = Date.now()
    const codes = await Promise.all(
      labels.map((label, i) =>
        // Who comes later to the lock may have looked at the clock before the others.
        codeOf(replaceDevice(owner, { ...ask, label, fingerprint: label }, i % 2 ? one : two, new Date(start - i))),
      ),
    )
    expect(codes.toSorted()).toEqual([...Array(4).fill('NOT_FOUND'), 'ok', 'ok'])
    expect(await live()).toHaveLength(2)
  })

  test('is for the owner of the key alone', async () => {
    const { one, ask, live } = await fullKey()
    expect(await codeOf(getAsk(stranger, ask, new Date()))).toBe('NOT_FOUND')
    expect(await codeOf(replaceDevice(stranger, ask, one, new Date()))).toBe('NOT_FOUND')
    const other = await fullKey()
    // A device of another key of somebody else is none of this key.
    expect(await codeOf(replaceDevice(other.owner, other.ask, one, new Date()))).toBe('NOT_FOUND')
    expect(await live()).toEqual(['One', 'Two'])
  })

  test('follows what the merchant says: not at all, with a cool-down, so often a year', async () => {
    const never = await fullKey({ over: { customerMayReplace: false } })
    expect((await getAsk(never.owner, never.ask, new Date())).state).toEqual({ do: 'forbidden' })
    expect(await codeOf(replaceDevice(never.owner, never.ask, never.one, new Date()))).toBe('FORBIDDEN')
    expect((await never.asks('New laptop')).mayReplace).toBe(false)

    const { shop, owner, one, two, ask } = await fullKey()
    const settings = { mayRotate: false, mayHandOn: false, cooldownHours: 24, releasesAYear: 2 }
    await saveCustomerSettings(shop.merchant, settings, new Date(), { ...usualSettings })
    expect((await getAsk(owner, ask, new Date())).state).toEqual({ do: 'choose', left: 1 })
    await replaceDevice(owner, ask, one, new Date())
    const next = { ...ask, label: 'Next', fingerprint: 'next' }
    expect((await getAsk(owner, next, new Date())).state).toMatchObject({ do: 'wait', limit: { why: 'cooldown' } })
    expect(await codeOf(replaceDevice(owner, next, two, new Date()))).toBe('CONFLICT')
    const tomorrow = new Date(Date.now() + 25 * 3_600_000)
    await replaceDevice(owner, next, two, tomorrow)
    const third = { ...ask, label: 'Third', fingerprint: 'third' }
    const later = new Date(Date.now() + 60 * 3_600_000)
    expect((await getAsk(owner, third, later)).state).toMatchObject({ do: 'wait', limit: { why: 'yearly', count: 2 } })
  })

  test('a key that takes no new devices is told so, and one with room needs nothing', async () => {
    const { key, owner, one, ask } = await fullKey()
    await prisma.licenseKey.update({ where: { id: key.id }, data: { newDevicesBlocked: true } })
    expect((await getAsk(owner, ask, new Date())).state).toEqual({ do: 'no' })
    expect(await codeOf(replaceDevice(owner, ask, one, new Date()))).toBe('CONFLICT key')
    await prisma.licenseKey.update({ where: { id: key.id }, data: { newDevicesBlocked: false } })
    await prisma.activation.update({ where: { id: one }, data: { deactivatedAt: new Date() } })
    expect((await getAsk(owner, ask, new Date())).state).toEqual({ do: 'free' })
  })
})
