// One key, used by clients of several vendors: a customer with an old and a new version of the app has one set of devices.
import * as lemonsqueezy from '@lemonsqueezy/lemonsqueezy.js'
import { expect, test } from '@playwright/test'
import Dodo from 'dodopayments'
import { Polar } from 'polar-0.49'
import { prisma } from '#lib/database/client.ts'
import { disableLicenseKeys } from '#lib/license-keys/status.ts'
import { doors } from '../doors.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'

/** What every vendor's client does with a key; `activate` gives the device's id in that vendor's spelling, or null for a no. */
type Client = {
  activate: (key: IssuedKey, name: string) => Promise<string | null>
  validate: (key: IssuedKey, device?: string) => Promise<boolean>
  deactivate: (key: IssuedKey, device: string) => Promise<boolean>
  /** The device's id as this vendor spells it. */
  spell: (id: string) => string
}

const polarShaped = (base: string): Client => {
  const { licenseKeys } = new Polar({ serverURL: `${base}/api/license/polar` }).customerPortal
  const asked = ({ key, organization_id: organizationId }: IssuedKey) => ({ key, organizationId })
  const orNull = <T>(answer: Promise<T>) =>
    answer.catch((error: unknown) => {
      expect(error).toMatchObject({ name: expect.stringMatching(/^(NotPermitted|ResourceNotFound)$/) })
      return null
    })
  return {
    activate: async (key, label) => (await orNull(licenseKeys.activate({ ...asked(key), label })))?.id ?? null,
    validate: async (key, activationId) =>
      (await orNull(licenseKeys.validate({ ...asked(key), ...(activationId && { activationId }) }))) !== null,
    deactivate: async (key, activationId) =>
      (await orNull(licenseKeys.deactivate({ ...asked(key), activationId }).then(() => true))) !== null,
    spell: (id) => id,
  }
}

const dodoShaped = (base: string): Client => {
  const { licenses } = new Dodo({ baseURL: `${base}/api/license/dodo`, bearerToken: 'anything', maxRetries: 0 })
  const orNull = <T>(asked: Promise<T>) =>
    asked.catch((error: unknown) => {
      expect(error).toBeInstanceOf(Dodo.APIError)
      return null
    })
  return {
    activate: async ({ key }, name) => (await orNull(licenses.activate({ license_key: key, name })))?.id ?? null,
    validate: async ({ key }, device) =>
      (await licenses.validate({ license_key: key, license_key_instance_id: device ?? null })).valid,
    deactivate: async ({ key }, device) =>
      (await orNull(licenses.deactivate({ license_key: key, license_key_instance_id: device }).asResponse())) !== null,
    spell: (id) => `lki_${id.replaceAll('-', '')}`,
  }
}

const lemonSqueezyShaped: Client = {
  activate: async ({ key }, name) => (await lemonsqueezy.activateLicense(key, name)).data?.instance?.id ?? null,
  validate: async ({ key }, device) => (await lemonsqueezy.validateLicense(key, device)).data?.valid ?? false,
  deactivate: async ({ key }, device) => (await lemonsqueezy.deactivateLicense(key, device)).data?.deactivated ?? false,
  spell: (id) => id,
}

const theirs = 'https://api.lemonsqueezy.com'
const { fetch } = globalThis
test.afterEach(() => {
  globalThis.fetch = fetch
})

let shop: Organization
test.beforeEach(async () => {
  shop = await makeOrganization()
})

const idOf = (spelled: string) => spelled.replace(/^lki_(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

for (const [door, base] of doors)
  test.describe(`by the door of ${door}`, () => {
    const clients = { polar: polarShaped(base), dodo: dodoShaped(base), lemonSqueezy: lemonSqueezyShaped }
    test.beforeEach(() => {
      globalThis.fetch = (input, init) =>
        typeof input === 'string' && input.startsWith(theirs)
          ? fetch(`${base}/api/license/lemonsqueezy${input.slice(theirs.length)}`, init)
          : fetch(input, init)
    })

    test('a device that one client activated is a device to all; a slot that one freed is free to all', async () => {
      const key = await shop.issue(await shop.configuration({ activationLimit: 3 }))
      const devices: string[] = []
      for (const [name, client] of Object.entries(clients)) {
        const device = await client.activate(key, name)
        expect(device, name).not.toBeNull()
        devices.push(idOf(device ?? ''))
      }
      for (const [name, client] of Object.entries(clients)) {
        expect(await client.activate(key, 'one too many'), name).toBeNull()
        for (const id of devices) expect(await client.validate(key, client.spell(id)), name).toBe(true)
      }
      // Each frees the slot of the client before it, and the one after it takes that.
      const all = Object.entries(clients)
      for (const [i, [name, client]] of all.entries()) {
        const id = devices.shift() ?? ''
        expect(await client.deactivate(key, client.spell(id)), name).toBe(true)
        for (const [, other] of all) expect(await other.validate(key, other.spell(id)), name).toBe(false)
        const next = await all[(i + 1) % 3]?.[1].activate(key, 'next')
        expect(next, name).not.toBeNull()
        devices.push(idOf(next ?? ''))
      }
      await disableLicenseKeys(shop.merchant, { licenseKeyIds: [key.id], reason: '' }, new Date())
      for (const [name, client] of all) expect(await client.validate(key), name).toBe(false)
    })

    test('racing for the last slots, together they get exactly those', async () => {
      const key = await shop.issue(await shop.configuration({ activationLimit: 4 }))
      const asked = Object.values(clients).flatMap((client, c) =>
        Array.from({ length: 12 }, (_, i) => client.activate(key, `Device ${c} ${i}`)),
      )
      const made = (await Promise.all(asked)).filter((device) => device !== null)
      expect(new Set(made.map(idOf)).size).toBe(4)
      expect(made).toHaveLength(4)
      expect(await prisma.activation.count({ where: { licenseKeyId: key.id } })).toBe(4)
      const more = await Promise.all(Object.values(clients).map((client) => client.activate(key, 'more')))
      expect(more).toEqual([null, null, null])
    })
  })
