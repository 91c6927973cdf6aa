import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { isUniqueViolation, prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { mergeMetadata, metadataChanges, metadataOf } from '../metadata/rules.ts'
import type { MetadataPatch } from '../metadata/schema.ts'
import { mergeEdit, type Opened } from '../web/edits.ts'
import { readProduct } from './queries.ts'
import { productChanges, productParts } from './rules.ts'
import type { CreateProduct, ProductId } from './schema.ts'

/** Adds a product; each purchase of it issues one key per configuration it grants. */
export async function createProduct(
  merchant: Merchant,
  { keyConfigurationIds, metadata, ...product }: CreateProduct & { metadata?: MetadataPatch | undefined },
  now = new Date(),
): Promise<{ id: string; name: string }> {
  assertMay(merchant, 'catalogue.write')
  const { organizationId } = merchant
  return unlessNameTaken(
    prisma.$transaction(async (tx) => {
      await grantedConfigurations(tx, merchant, keyConfigurationIds)
      const id = newId(now)
      await tx.product.create({
        data: { id, organizationId, ...product, metadata: mergeMetadata({}, metadata), createdAt: now, updatedAt: now },
      })
      await grant(tx, id, keyConfigurationIds)
      await record(tx, merchant, now, {
        type: 'product.created',
        organizationId,
        productId: id,
        data: { name: product.name },
      })
      return { id, name: product.name }
    }),
  )
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
  return unlessNameTaken(
    prisma.$transaction(async (tx) => {
      await lock(tx, merchant, id)
      const before = await readProduct(tx, merchant, id)
      const granted = before.keyConfigurations.map((configuration) => configuration.id)
      const present = { name: before.name, description: before.description, keyConfigurationIds: granted }
      const configurationNames = await namesOf(tx, merchant)
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      const typed: CreateProduct = { ...present, ...given }
      const { name, description, keyConfigurationIds } = opened
        ? mergeEdit(productParts(configurationNames), opened, typed, present).merged
        : typed
      const product = { name, description }
      const names = await grantedConfigurations(tx, merchant, keyConfigurationIds)
      const metadata = mergeMetadata(metadataOf(before.metadata), patch)
      const changes = productChanges(
        { ...before, grants: before.keyConfigurations.map((configuration) => configuration.name) },
        { ...product, grants: keyConfigurationIds.map((configurationId) => names.get(configurationId) ?? '') },
      )
      changes.push(...metadataChanges(metadataOf(before.metadata), metadata))
      if (changes.length === 0) return { id, name: product.name, changes }
      await tx.product.update({ where: { id }, data: { ...product, metadata, updatedAt: now } })
      await tx.productKeyConfiguration.deleteMany({
        where: { productId: id, keyConfigurationId: { notIn: keyConfigurationIds } },
      })
      await grant(tx, id, keyConfigurationIds)
      await record(tx, merchant, now, {
        type: 'product.updated',
        organizationId: merchant.organizationId,
        productId: id,
        data: { name: product.name, changes },
      })
      return { id, name: product.name, changes }
    }),
  )
}

/** An archived product is no longer offered when keys are issued; what was sold goes on as before. */
export const archiveProduct = (merchant: Merchant, { id }: ProductId, now = new Date()) =>
  setArchived(merchant, id, true, now)

/** Offers a product again. */
export const restoreProduct = (merchant: Merchant, { id }: ProductId, now = new Date()) =>
  setArchived(merchant, id, false, now)

async function setArchived(merchant: Merchant, id: string, archived: boolean, now: Date): Promise<{ name: string }> {
  assertMay(merchant, 'catalogue.write')
  return prisma.$transaction(async (tx) => {
    await lock(tx, merchant, id)
    const { name, archivedAt } = await readProduct(tx, merchant, id)
    if ((archivedAt !== null) === archived) return { name }
    await tx.product.update({ where: { id }, data: { archivedAt: archived ? now : null, updatedAt: now } })
    await record(tx, merchant, now, {
      type: archived ? 'product.archived' : 'product.restored',
      organizationId: merchant.organizationId,
      productId: id,
      data: { name },
    })
    return { name }
  })
}

const namesOf = async (tx: Tx, { organizationId }: Merchant): Promise<Map<string, string>> => {
  const rows = await tx.keyConfiguration.findMany({ where: { organizationId }, select: { id: true, name: true } })
  return new Map(rows.map((row) => [row.id, row.name]))
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

/** NO KEY UPDATE: writers wait for each other, while keys and purchases that refer to the row are made on. */
async function lock(tx: Tx, merchant: Merchant, id: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM products WHERE id = ${id}::uuid AND organization_id = ${merchant.organizationId}::uuid
    FOR NO KEY UPDATE`
  if (rows.length === 0) throw notFound('product')
}

const grant = (tx: Tx, productId: string, keyConfigurationIds: string[]) =>
  tx.productKeyConfiguration.createMany({
    data: keyConfigurationIds.map((keyConfigurationId) => ({ productId, keyConfigurationId })),
    // Another request may have granted the same at the same time.
    skipDuplicates: true,
  })

async function unlessNameTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('CONFLICT', 'Another product has this name.', 'name')
    throw error
  }
}
