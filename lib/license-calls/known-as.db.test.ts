import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { rememberedIds, withOurIds } from './known-as.ts'

/** A key whose organization, configuration, product and customer came from elsewhere. */
async function movedKey(elsewhere: { organization: string; configuration: string; product: string; customer: string }) {
  const organizationId = newId()
  await prisma.organization.create({
    data: { id: organizationId, slug: organizationId, name: 'Moved', externalIds: ['other', elsewhere.organization] },
  })
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Pro', externalIds: [elsewhere.configuration] },
  })
  const product = await prisma.product.create({
    data: { organizationId, name: 'App', externalIds: [elsewhere.product.toUpperCase()] },
  })
  const customer = await prisma.customer.create({
    data: { organizationId, email: `${newId()}@test.example`, externalId: elsewhere.customer },
  })
  const key = makeKeyString('uuid', null)
  await prisma.licenseKey.create({
    data: {
      organizationId,
      keyConfigurationId: configuration.id,
      productId: product.id,
      customerId: customer.id,
      ...keyStringColumns(key, null),
    },
  })
  return { key, organizationId, configuration: configuration.id, product: product.id, customer: customer.id }
}

const vendorIds = () => ({
  organization: randomUUID(),
  configuration: randomUUID(),
  product: randomUUID(),
  customer: randomUUID(),
})

test('ids of another vendor are read as ours, and remembered for a minute', async () => {
  const elsewhere = vendorIds()
  const moved = await movedKey(elsewhere)
  const call = {
    key: moved.key,
    organization_id: elsewhere.organization,
    benefit_id: elsewhere.configuration.toUpperCase(),
    product_id: elsewhere.product,
    customer_id: elsewhere.customer,
    label: 'Laptop',
  }
  const ours = {
    key: moved.key,
    organization_id: moved.organizationId,
    benefit_id: moved.configuration,
    product_id: moved.product,
    customer_id: moved.customer,
    label: 'Laptop',
  }
  expect(rememberedIds(call, 0)).toBe(call)
  expect(await withOurIds(call, 0)).toEqual(ours)
  expect(rememberedIds(call, 59_000)).toEqual(ours)
  expect(rememberedIds(call, 60_000)).toBe(call)
})

test('our own ids, unknown ids and unknown keys are left alone', async () => {
  const moved = await movedKey(vendorIds())
  const own = { key: moved.key, organization_id: moved.organizationId, benefit_id: null }
  expect(await withOurIds(own, 0)).toBeNull()
  expect(await withOurIds({ ...own, organization_id: randomUUID(), product_id: randomUUID() }, 0)).toBeNull()
  expect(await withOurIds({ ...own, key: makeKeyString('uuid', null) }, 0)).toBeNull()
})

test('two organizations known by one id: the key decides', async () => {
  const elsewhere = vendorIds()
  const [first, second] = [
    await movedKey(elsewhere),
    await movedKey({ ...vendorIds(), organization: elsewhere.organization }),
  ]
  for (const moved of [first, second, first]) {
    const call = { key: moved.key, organization_id: elsewhere.organization }
    expect(await withOurIds(call, 0)).toMatchObject({ organization_id: moved.organizationId })
  }
})
