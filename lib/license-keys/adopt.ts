import '#server-only'
import type { ActivationsMode } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { idFrom, newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { isUniqueViolation, prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { keyHashesOf, keyStringColumns } from '../key-strings/string.ts'
import { isReplaced } from '../secrets/secrets.ts'

/** A key whose string was made elsewhere. Products and customers are named by our ids or those other systems know them by. */
export type AdoptedKey = {
  keyString: string
  product: string
  customer: string
  activations: { mode: ActivationsMode; limit: number | null }
  /** null is never. */
  expiresAt: Date | null
  /** The client says that it sent this before and got no answer. */
  repeated?: boolean | undefined
}

/**
 * Takes over one key with its string, for a product and a customer there are. It follows the product's oldest configuration. A repetition
 * gets the key that an earlier attempt took over.
 */
export async function adoptLicenseKey(
  merchant: Merchant,
  { keyString, product: productName, customer: customerName, activations, expiresAt, repeated }: AdoptedKey,
  now: Date,
): Promise<{ licenseKeyId: string }> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  const isProduct = { OR: [{ id: idFrom(productName) }, { externalIds: { has: productName } }] }
  const isCustomer = { OR: [{ id: idFrom(customerName) }, { externalId: customerName }] }
  const add = async (tx: Tx) => {
    if (isReplaced() && (await tx.licenseKey.count({ where: { keyHash: { in: keyHashesOf(keyString) } } })) > 0)
      throw new IsThere()
    const product = await tx.product.findFirst({
      where: { organizationId, ...isProduct },
      select: { id: true, keyConfigurations: configurations },
    })
    if (!product) throw notFound('product')
    const customer = await tx.customer.findFirst({
      where: { organizationId, ...isCustomer },
      select: { id: true, email: true },
    })
    if (!customer) throw notFound('customer')
    const configuration = product.keyConfigurations[0]?.keyConfiguration
    if (!configuration) {
      throw new Refusal('CONFLICT', 'This product grants no key configuration the key could follow.', 'product')
    }
    const licenseKeyId = newId(now)
    await tx.licenseKey.create({
      data: {
        id: licenseKeyId,
        // Nothing else names it, but it says that the string was not made here.
        externalId: licenseKeyId,
        organizationId,
        keyConfigurationId: configuration.id,
        productId: product.id,
        customerId: customer.id,
        ...keyStringColumns(keyString, null),
        activationsModeOverride: activations.mode,
        activationLimitOverride: activations.limit,
        expiresAt,
        expiryOverridden: true,
        createdAt: now,
        updatedAt: now,
      },
    })
    await record(tx, merchant, now, {
      type: 'license_key.issued',
      organizationId,
      licenseKeyId,
      customerId: customer.id,
      keyConfigurationId: configuration.id,
      productId: product.id,
      data: { customer: customer.email, configuration: configuration.name, purchase: null },
    })
    return { licenseKeyId }
  }
  try {
    return await prisma.$transaction(add)
  } catch (error) {
    if (!isUniqueViolation(error) && !(error instanceof IsThere)) throw error
    const adopted = {
      organizationId,
      keyHash: { in: keyHashesOf(keyString) },
      product: isProduct,
      customer: isCustomer,
    }
    const earlier = repeated && (await prisma.licenseKey.findFirst({ where: adopted, select: { id: true } }))
    if (earlier) return { licenseKeyId: earlier.id }
    throw new Refusal('CONFLICT', 'This license key exists already.', 'keyString')
  }
}

// While the master secret is replaced, one string has two hashes, and no unique rule compares them.
class IsThere extends Error {}

const configurations = {
  where: { keyConfiguration: { archivedAt: null } },
  orderBy: { keyConfiguration: { createdAt: 'asc' } },
  take: 1,
  select: { keyConfiguration: { select: { id: true, name: true } } },
} as const
