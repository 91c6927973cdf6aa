import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx, unlessTaken } from '../database/client.ts'
import { added, changed, lock, setArchived } from '../key-configurations/catalogue.ts'
import { mergeMetadata, metadataChanges, metadataOf } from '../metadata/rules.ts'
import type { MetadataPatch } from '../metadata/schema.ts'
import { mergeEdit, type Opened } from '../web/edits.ts'
import { readProduct } from './queries.ts'
import { productChanges, productParts } from './rules.ts'
import type { CreateProduct, ProductId } from './schema.ts'

type NewProduct = Omit<CreateProduct, 'takesOver'> & {
  takesOver?: string[] | undefined
  metadata?: MetadataPatch | undefined
}

/** Adds a product; each purchase of it issues one key per configuration it grants. */
export const createProduct = (
  merchant: Merchant,
  product: NewProduct,
  now = new Date(),
): Promise<{ id: string; name: string }> =>
  unlessNameTaken(prisma.$transaction((tx) => addProduct(tx, merchant, product, now)))

/** The same as part of something larger; that must call `unlessNameTaken`. */
export async function addProduct(
  tx: Tx,
  merchant: Merchant,
  { keyConfigurationIds, metadata, takesOver = [], ...product }: NewProduct,
  now: Date,
): Promise<{ id: string; name: string }> {
  assertMay(merchant, 'catalogue.write')
  const { organizationId } = merchant
  await grantedConfigurations(tx, merchant, keyConfigurationIds)
  const id = newId(now)
  await takenOver(tx, merchant, id, takesOver)
  await tx.product.create({
    data: {
      ...{ id, organizationId, ...product, takesOver: [...new Set(takesOver)] },
      ...{ metadata: mergeMetadata({}, metadata), createdAt: now, updatedAt: now },
    },
  })
  return added(tx, merchant, 'product', { id, name: product.name, linked: keyConfigurationIds }, now)
}

type ProductChanges = { [Field in keyof CreateProduct]?: CreateProduct[Field] | undefined }

/**
 * Changes a product; what is left out stays. Keys that were issued stay too; what it grants counts from the next purchase on. With
 * `opened`, what a form showed when it was opened, only what was changed since then is changed.
 */
export async function updateProduct(
  merchant: Merchant,
  { id, metadata: patch, ...wanted }: ProductChanges & { id: string; metadata?: MetadataPatch | undefined },
  now = new Date(),
  opened: Opened | null = null,
): Promise<{ id: string; name: string; changes: string[] }> {
  assertMay(merchant, 'catalogue.write')
  return unlessTaken(
    nameTaken,
    prisma.$transaction(async (tx) => {
      await lock(tx, merchant, 'product', id)
      const before = await readProduct(tx, merchant, id)
      const granted = before.keyConfigurations.map((configuration) => configuration.id)
      const { takesOver: taken } = before
      const present = {
        ...{ name: before.name, description: before.description, keyConfigurationIds: granted, takesOver: taken },
      }
      const configurationNames = await namesOf(tx, merchant)
      const productNames = await productNamesOf(tx, merchant)
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      const typed: CreateProduct = { ...present, ...given }
      const { name, description, keyConfigurationIds, takesOver } = opened
        ? mergeEdit(productParts(configurationNames, productNames), opened, typed, present).merged
        : typed
      await takenOver(tx, merchant, id, takesOver)
      const product = { name, description, takesOver: [...new Set(takesOver)] }
      const namesOfTaken = (ids: string[]) => ids.map((each) => productNames.get(each) ?? '')
      const names = await grantedConfigurations(tx, merchant, keyConfigurationIds)
      const metadata = mergeMetadata(metadataOf(before.metadata), patch)
      const changes = productChanges(
        {
          ...before,
          grants: before.keyConfigurations.map((configuration) => configuration.name),
          takesOver: namesOfTaken(taken),
        },
        {
          ...product,
          grants: keyConfigurationIds.map((configurationId) => names.get(configurationId) ?? ''),
          takesOver: namesOfTaken(product.takesOver),
        },
      )
      changes.push(...metadataChanges(metadataOf(before.metadata), metadata))
      if (changes.length === 0) return { id, name: product.name, changes }
      await tx.product.update({ where: { id }, data: { ...product, metadata, updatedAt: now } })
      return changed(tx, merchant, 'product', { id, name, linked: keyConfigurationIds, changes }, now)
    }),
  )
}

/** An archived product is no longer offered when keys are issued; what was sold goes on as before. */
export const archiveProduct = (merchant: Merchant, { id }: ProductId, now = new Date()) =>
  setArchived(merchant, 'product', id, true, now)

/** Offers a product again. */
export const restoreProduct = (merchant: Merchant, { id }: ProductId, now = new Date()) =>
  setArchived(merchant, 'product', id, false, now)

const namesOf = async (tx: Tx, { organizationId }: Merchant): Promise<Map<string, string>> => {
  const rows = await tx.keyConfiguration.findMany({ where: { organizationId }, select: { id: true, name: true } })
  return new Map(rows.map((row) => [row.id, row.name]))
}

const productNamesOf = async (tx: Tx, { organizationId }: Merchant): Promise<Map<string, string>> => {
  const rows = await tx.product.findMany({ where: { organizationId }, select: { id: true, name: true } })
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** NOT_FOUND unless every product whose key is to go on is this organization's; its own key needs no taking. */
async function takenOver(tx: Tx, { organizationId }: Merchant, id: string, ids: string[]): Promise<void> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) return
  if (unique.includes(id))
    throw new Refusal(
      'INVALID_INPUT',
      'A product cannot take over its own key. “Whoever comes back keeps the key” is a setting of the store.',
      'takesOver',
    )
  const there = await tx.product.count({ where: { organizationId, id: { in: unique } } })
  if (there !== unique.length) throw new Refusal('NOT_FOUND', 'There is no such product.', 'takesOver')
}

/** The names of configurations by id; NOT_FOUND unless every one is this organization's. */
async function grantedConfigurations(tx: Tx, merchant: Merchant, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.keyConfiguration.findMany({
    where: { organizationId: merchant.organizationId, id: { in: ids } },
    select: { id: true, name: true },
  })
  if (rows.length !== new Set(ids).size) {
    throw new Refusal('NOT_FOUND', 'There is no such key configuration.', 'keyConfigurationIds')
  }
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** A name that another product has is the refusal that says so. */
export const unlessNameTaken = <T>(work: Promise<T>): Promise<T> => unlessTaken(nameTaken, work)

const nameTaken = () => new Refusal('CONFLICT', 'Another product has this name.', 'name')
