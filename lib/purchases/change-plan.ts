import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { addKeys, lockTemplates, whyNoKeyFrom } from '../license-keys/add.ts'
import { revokedByHand } from '../license-keys/rules.ts'
import { about, aboutKey, assertByHand, changeStates, lockPurchase, type Purchase, stateOf } from './by-hand.ts'
import { lockProducts, whyNotSold } from './commands.ts'
import { PURCHASE_KEYS_MAX } from './schema.ts'
import { assignSlots } from './standing.ts'

/**
 * Another product, or another configuration of the same one: keys move there and keep their strings and devices. What the product grants
 * beside that is issued, what it does not grant any more ends.
 */
export async function changePlan(
  merchant: Merchant,
  {
    purchaseId,
    productId,
    keyConfigurationId,
    sendMail,
  }: { purchaseId: string; productId: string | null; keyConfigurationId: string | null; sendMail: boolean },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'purchases.write')
  assertMay(merchant, 'keys.write')
  await prisma.$transaction(
    async (tx) => {
      const purchase = await lockPurchase(tx, merchant, purchaseId)
      assertByHand(purchase, 'change')
      const wanted = productId ?? purchase.productId
      const product = (await lockProducts(tx, merchant, [wanted])).get(wanted)
      if (!product) throw new Refusal('NOT_FOUND', 'There is no such product.', 'productId')
      const why = whyNotSold(product)
      if (why) throw why
      const granted = keyConfigurationId ? [keyConfigurationId] : product.keyConfigurationIds
      if (keyConfigurationId && !product.keyConfigurationIds.includes(keyConfigurationId))
        throw new Refusal('CONFLICT', `${product.name} does not grant this configuration.`, 'keyConfigurationId')
      if (granted.length === 0) throw new Refusal('CONFLICT', 'The product grants no key configuration.', 'productId')
      if (granted.length * purchase.quantity > PURCHASE_KEYS_MAX)
        throw new Refusal('CONFLICT', `A purchase can have at most ${PURCHASE_KEYS_MAX} keys.`, 'productId')
      await movePlan(tx, merchant, { purchase, product, granted, sendMail }, now)
    },
    { timeout: 30_000 },
  )
}

async function movePlan(
  tx: Tx,
  merchant: Merchant,
  {
    purchase,
    product,
    granted,
    sendMail,
  }: { purchase: Purchase; product: { id: string; name: string }; granted: string[]; sendMail: boolean },
  now: Date,
): Promise<void> {
  const { organizationId, reference, keys, reasons, kind, customer } = purchase
  const templates = await lockTemplates(tx, merchant, granted)
  for (const template of templates.values()) {
    const why = whyNoKeyFrom(template)
    if (why) throw new Refusal(why.code, `${template.name}: ${why.message}`, 'productId')
  }
  // Each configuration it has keys of is a slot.
  const had = [...new Set(keys.map((key) => key.keyConfigurationId))]
  const slots = assignSlots(
    had.map((id, slot) => ({ slot, keyConfigurationId: id })),
    granted,
  )
  const events: NewEvent[] = []
  const gone = new Set<string>()
  for (const { slot, keyConfigurationId } of slots) {
    const own = keys.filter((key) => key.keyConfigurationId === had[slot])
    const configuration = templates.get(keyConfigurationId ?? '')
    if (!configuration) {
      for (const { id } of own) gone.add(id)
      continue
    }
    if (own.length === 0) {
      await addKeys(
        tx,
        merchant,
        Array.from({ length: purchase.quantity }, () => ({
          ...{ configuration, customer, product, note: '', sendMail },
          purchase: { id: purchase.id, reference, kind, reasons },
        })),
        now,
      )
      continue
    }
    const moved = own.filter((key) => key.keyConfigurationId !== configuration.id || key.productId !== product.id)
    if (moved.length === 0) continue
    await tx.licenseKey.updateMany({
      where: { id: { in: moved.map(({ id }) => id) }, organizationId },
      data: { keyConfigurationId: configuration.id, productId: product.id, updatedAt: now },
    })
    const changes = [`Product: ${product.name}`, `Key configuration: ${configuration.name}`]
    events.push(
      ...moved.map((key): NewEvent => ({ ...aboutKey(purchase, key), type: 'license_key.updated', data: { changes } })),
    )
  }
  const ended = await changeStates(
    tx,
    purchase,
    (key) => (gone.has(key.id) ? revokedByHand(stateOf(key), reasons) : stateOf(key)),
    `${product.name} does not grant it`,
    now,
  )
  const isNew = purchase.productId !== product.id
  if (isNew) await tx.purchase.update({ where: { id: purchase.id }, data: { productId: product.id } })
  if (!isNew && events.length + ended.length === 0 && slots.length === had.length) return
  const names = [...templates.values()].map(({ name }) => name).join(', ')
  const changes = [isNew ? `Product: ${product.name}` : `Key configuration: ${names}`]
  await record(
    tx,
    merchant,
    now,
    { ...about(purchase), productId: product.id, type: 'purchase.updated', data: { reference, changes } },
    ...events,
    ...ended,
  )
}
