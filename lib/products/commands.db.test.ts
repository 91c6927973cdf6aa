import { describe, expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { listEvents } from '../events/queries.ts'
import { createKeyConfiguration } from '../key-configurations/commands.ts'
import { newKeyConfiguration } from '../key-configurations/schema.ts'
import { archiveProduct, createProduct, restoreProduct, updateProduct } from './commands.ts'
import { getProduct, listProducts, productChoices } from './queries.ts'

const now = new Date('2026-11-21T12:00:00Z')
const product = (over = {}) => ({
  name: 'Suite',
  description: null,
  keyConfigurationIds: [] as string[],
  takesOver: [] as string[],
  ...over,
})
const listing = { q: '', status: 'active', sort: 'name', dir: 'asc', page: 1, size: 20 } as const
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

/** A member of a new organization of their own. */
async function merchant(role: Role = 'owner'): Promise<Merchant> {
  const organizationId = newId()
  const email = `${organizationId}@test.example`
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const user = await prisma.user.create({ data: { email } })
  await prisma.membership.create({ data: { organizationId, userId: user.id, role } })
  return { kind: 'merchant', userId: user.id, email, name: null, organizationId, role }
}

const configuration = (me: Merchant, name: string) =>
  createKeyConfiguration(me, { ...newKeyConfiguration, name }, now).then(({ id }) => id)

test('a product grants configurations, and history says how that changed', async () => {
  const me = await merchant()
  const [single, team] = [await configuration(me, 'Single'), await configuration(me, 'Team')]
  const { id } = await createProduct(me, product({ keyConfigurationIds: [single] }), now)
  const after = { id, ...product({ name: 'Suite 2', description: 'All of it', keyConfigurationIds: [team, single] }) }
  const changes = ['Name: Suite → Suite 2', 'Description changed', 'Grants: Single → Single · Team']
  expect((await updateProduct(me, after, now)).changes).toEqual(changes)
  expect((await updateProduct(me, after, now)).changes).toEqual([])
  const found = await getProduct(me, id)
  expect(found).toMatchObject({ name: 'Suite 2', description: 'All of it', purchases: 0, keys: { total: 0 } })
  expect(found.keyConfigurations.map((each) => [each.name, each.words.devices])).toEqual([
    ['Single', '3 devices'],
    ['Team', '3 devices'],
  ])
  const { events } = await listEvents(me, {}, { page: 1, size: 10 })
  expect(events.filter((event) => event.productId === id).map((event) => event.data)).toContainEqual({
    name: 'Suite 2',
    changes,
  })
})

test('names are unique in an organization', async () => {
  const me = await merchant()
  await createProduct(me, product(), now)
  const { id } = await createProduct(me, product({ name: 'Other' }), now)
  await expect(createProduct(me, product(), now)).rejects.toThrow(refusal('CONFLICT', 'name'))
  await expect(updateProduct(me, { id, ...product() }, now)).rejects.toThrow(refusal('CONFLICT', 'name'))
  await createProduct(await merchant(), product(), now)
})

test('a product takes over the keys of others, of this organization, and not its own', async () => {
  const me = await merchant()
  const { id: suite } = await createProduct(me, product(), now)
  const { id } = await createProduct(me, product({ name: 'Lifetime', takesOver: [suite] }), now)
  expect((await getProduct(me, id)).takenOver).toEqual([{ id: suite, name: 'Suite' }])
  const { changes } = await updateProduct(me, { id, takesOver: [] }, now)
  expect(changes).toEqual(['Takes over the key of: Suite → nothing'])
  await expect(updateProduct(me, { id, takesOver: [id] }, now)).rejects.toThrow(refusal('INVALID_INPUT', 'takesOver'))
  const { id: theirs } = await createProduct(await merchant(), product(), now)
  await expect(updateProduct(me, { id, takesOver: [theirs] }, now)).rejects.toThrow(refusal('NOT_FOUND', 'takesOver'))
  await expect(createProduct(me, product({ name: 'New', takesOver: [theirs] }), now)).rejects.toThrow(
    refusal('NOT_FOUND', 'takesOver'),
  )
})

test('archived products are out of the way, and come back', async () => {
  const me = await merchant()
  const { id } = await createProduct(me, product(), now)
  await archiveProduct(me, { id }, now)
  expect((await listProducts(me, listing)).total).toBe(0)
  expect((await listProducts(me, { ...listing, status: 'archived' })).total).toBe(1)
  expect(await productChoices(me)).toEqual([])
  expect(await productChoices(me, [id])).toEqual([{ id, name: 'Suite', archived: true }])
  await restoreProduct(me, { id }, now)
  expect((await listProducts(me, { ...listing, q: 'sui' })).products).toMatchObject([{ name: 'Suite', keys: 0 }])
})

test.each<Role>(['support', 'viewer'])('%s may not change the catalogue', async (role) => {
  await expect(createProduct(await merchant(role), product(), now)).rejects.toThrow(refusal('FORBIDDEN'))
})

describe('another organization', () => {
  test('finds nothing and grants nothing of ours', async () => {
    const [me, stranger] = [await merchant(), await merchant()]
    const mine = await configuration(me, 'Single')
    const { id } = await createProduct(me, product({ keyConfigurationIds: [mine] }), now)
    const nothing = refusal('NOT_FOUND')
    await expect(getProduct(stranger, id)).rejects.toThrow(nothing)
    await expect(getProduct(me, 'no-id')).rejects.toThrow(nothing)
    await expect(updateProduct(stranger, { id, ...product() }, now)).rejects.toThrow(nothing)
    await expect(archiveProduct(stranger, { id }, now)).rejects.toThrow(nothing)
    await expect(restoreProduct(stranger, { id }, now)).rejects.toThrow(nothing)
    expect(await productChoices(stranger, [id])).toEqual([])
    expect((await listProducts(stranger, { ...listing, status: 'all' })).total).toBe(0)
    await expect(createProduct(stranger, product({ keyConfigurationIds: [mine] }), now)).rejects.toThrow(
      refusal('NOT_FOUND', 'keyConfigurationIds'),
    )
    expect((await getProduct(me, id)).keyConfigurations).toHaveLength(1)
  })
})
