import { describe, expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Customer } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { saveCustomerSettings, usualSettings } from '../customers/settings.ts'
import { prisma } from '../database/client.ts'
import { activate } from '../license-calls/calls.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { getPurchasedKey } from '../purchases/own.ts'
import { deactivateActivation, undoDeactivation } from './commands.ts'

// What the owners of keys do for themselves, within what the merchant allows.

const later = (seconds: number) => new Date(Date.now() + seconds * 1_000)
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => `${error.code}${error.field ? ` ${error.field}` : ''}`,
  )

async function shopWithKey(limit = 1) {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration({ activationsMode: 'limited', activationLimit: limit }))
  const owner: Customer = { kind: 'customer', userId: newId(), email: key.customerEmail }
  const device = async (label: string, fingerprint?: string) => {
    const call = { key: key.key, organization_id: shop.id, label, ...(fingerprint && { fingerprint }) }
    return (await activate({ kind: 'software', address: null }, call as never, new Date())).activation?.id ?? ''
  }
  return { shop, key, owner, device }
}
const stranger: Customer = { kind: 'customer', userId: newId(), email: 'stranger@example.com' }

describe('taking back that a device was deactivated', () => {
  test('within a minute it is as it was, once, and history says so', async () => {
    const { key, owner, device } = await shopWithKey()
    const id = await device('Laptop')
    await deactivateActivation(owner, id, new Date())
    expect((await getPurchasedKey(owner, key.id, new Date())).undoable.map((each) => each.id)).toEqual([id])
    expect(await codeOf(undoDeactivation(stranger, id, new Date()))).toBe('NOT_FOUND')
    expect(await undoDeactivation(owner, id, later(59))).toEqual({ label: 'Laptop' })
    const seen = await getPurchasedKey(owner, key.id, new Date())
    expect([seen.activations.map((each) => each.id), seen.undoable]).toEqual([[id], []])
    expect(await prisma.deviceRelease.count({ where: { licenseKeyId: key.id } })).toBe(0)
  })

  test('after a minute, or when its place was taken, it is refused and says why', async () => {
    const { owner, device } = await shopWithKey()
    const id = await device('Laptop')
    await deactivateActivation(owner, id, new Date())
    expect(await codeOf(undoDeactivation(owner, id, later(61)))).toBe('CONFLICT minute')
    await device('Another')
    expect(await codeOf(undoDeactivation(owner, id, new Date()))).toBe('CONFLICT place')
  })

  test('a device that came back by itself is not there twice', async () => {
    const { owner, device } = await shopWithKey(3)
    const id = await device('Laptop', 'one')
    await deactivateActivation(owner, id, new Date())
    await device('Laptop', 'one')
    expect(await codeOf(undoDeactivation(owner, id, new Date()))).toBe('CONFLICT place')
  })

  test('what the seller deactivated stays so', async () => {
    const { shop, owner, device } = await shopWithKey()
    const id = await device('Laptop')
    await deactivateActivation(shop.merchant, id, new Date())
    expect(await codeOf(undoDeactivation(owner, id, new Date()))).toBe('CONFLICT minute')
  })
})

describe('what the merchant allows', () => {
  test('freeing a device again has to wait, also when both are freed at once; the seller need not', async () => {
    const { shop, owner, device } = await shopWithKey(3)
    const settings = { ...usualSettings, cooldownHours: 24 }
    await saveCustomerSettings(shop.merchant, settings, new Date(), { ...usualSettings })
    const ids = [await device('One'), await device('Two'), await device('Three')]
    const codes = await Promise.all(ids.map((id) => codeOf(deactivateActivation(owner, id, new Date()))))
    expect(codes.sort()).toEqual(['CONFLICT', 'CONFLICT', 'ok'])
    for (const id of ids) await deactivateActivation(shop.merchant, id, new Date())
  })

  test('a key is replaced by its owner only where that is allowed, and three times a day', async () => {
    const { shop, key, owner } = await shopWithKey()
    const rotate = (who: Customer) =>
      codeOf(rotateLicenseKey(who, { licenseKeyId: key.id, overlapHours: 0, sendMail: true }, new Date()))
    expect(await rotate(owner)).toBe('FORBIDDEN')
    await saveCustomerSettings(shop.merchant, { ...usualSettings, mayRotate: true }, new Date(), { ...usualSettings })
    expect(await rotate(stranger)).toBe('NOT_FOUND')
    expect([await rotate(owner), await rotate(owner), await rotate(owner)]).toEqual(['ok', 'ok', 'ok'])
    expect(await rotate(owner)).toBe('RATE_LIMITED')
    expect((await getPurchasedKey(owner, key.id, new Date())).keyString).not.toBe(key.key)
    expect(await prisma.mail.count({ where: { to: owner.email, template: 'key-replaced' } })).toBe(3)
  })
})
