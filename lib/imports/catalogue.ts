import '#server-only'
import type { PurchaseStatus } from '#prisma/enums.ts'
import { idFrom, newId } from '../base/ids.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import type { Pass } from './arrange.ts'
import type { Facts } from './facts.ts'
import { elsewhere, type KeyDraft, named } from './rules.ts'
import type { ImportCounts } from './schema.ts'
import { type BatchRows, type KnownAs, NAMES_MAX } from './write-batch.ts'

export type Finder = ReturnType<typeof catalogue>
type Customer = {
  id: string
  email: string
  isNew: boolean
  name: string | null
  externalId: string | null
  /** Of one who was here before: the id they had elsewhere, when they have none yet. */
  learned?: string | null
}
type Product = { id: string; name: string; isNew: boolean; externalIds: string[] }
type Known = { id: string; externalIds: string[] }
type Purchase = {
  id: string
  reference: string
  kind: string
  customerId: string
  product: Product
  isNew: boolean
  at: Date
  status: PurchaseStatus
  quantity: number
}

/** Finds, or prepares, what the keys of a batch belong to. Only what `keep` was told of is written. */
export function catalogue(pass: Pass, facts: Facts, rows: BatchRows, counts: ImportCounts, now: Date) {
  const { settings, pending, writes } = pass
  const plain = (text: string) => text.trim().toLowerCase()
  const index = <Row extends { id: string; name: string; externalIds: string[] }>(all: Row[]) =>
    new Map(all.flatMap((row) => [row.name, ...row.externalIds, row.id].map((name) => [plain(name), row] as const)))
  const configurations = index(facts.configurations)
  const products = index<Product>(facts.products.map((row) => ({ ...row, isNew: false })))
  const customers = new Map<string, Customer>()
  const customerIds = new Set(facts.customerIds)
  const learned = new Set<string>()
  const purchases = new Map<string, Purchase>()
  const organization: Known = { id: pass.organizationId, externalIds: [] }
  const limits = new Map(facts.configurations.map((row) => [row.id, effectiveLimits(noOverrides, row)]))

  return {
    limits: (id: string) => limits.get(id) as ReturnType<typeof effectiveLimits>,

    configuration(text: string | null) {
      const found = configurations.get(plain(text ?? settings.keyConfigurationId ?? ''))
      if (found) return found
      return text
        ? `There is no key configuration ${named(text)}.`
        : 'It names no key configuration, and none is chosen for the whole file.'
    },

    product(asked: KeyDraft['product']): Product | string | null {
      if (!asked) return (settings.productId && products.get(settings.productId)) || null
      const found = products.get(plain(asked.text)) ?? products.get(plain(asked.name))
      if (found) return found
      if (!settings.createProducts)
        return `There is no product ${named(asked.name)}, and creating products was not chosen.`
      const externalIds = asked.text === asked.name ? [] : [asked.text]
      return { id: newId(now), name: asked.name.slice(0, 80), isNew: true, externalIds }
    },

    customer({ customer: { email, name, id } }: KeyDraft): Customer {
      const stored = facts.customersByEmail.get(email)
      const known = customers.get(email) ?? stored
      const learned = stored?.external_id === null ? elsewhere(id, stored.id) : null
      if (known) return { id: known.id, email, name: null, externalId: null, isNew: false, learned }
      const own = id ? idFrom(id) : newId(now)
      // Two addresses under one id, or another organization's customer: this one gets an id of its own.
      const customerId = customerIds.has(own) ? newId(now) : own
      return { id: customerId, email, name, isNew: true, externalId: elsewhere(id, customerId) }
    },

    purchase(
      draft: Pick<KeyDraft, 'isSubscription' | 'quantity'>,
      reference: string,
      { customerId, product, at, status }: Pick<Purchase, 'customerId' | 'product' | 'at' | 'status'>,
    ): Purchase | string {
      const stored = facts.purchases.get(reference)
      const known = purchases.get(reference)
      const of = known ? { customerId: known.customerId, productId: known.product.id } : stored
      if (of && (of.customerId !== customerId || of.productId !== product.id))
        return `The order ${named(reference)} belongs to another customer or product.`
      if (known) return { ...known, isNew: false }
      const { quantity } = draft
      if (stored) return { ...stored, product, isNew: false, at, quantity }
      const kind = draft.isSubscription ? 'subscription' : 'one_time'
      return { id: newId(now), reference, kind, customerId, product, isNew: true, at, status, quantity }
    },

    /** Notes what this key's organization, configuration and product were called elsewhere. */
    learn({ knownAs, product: asked }: KeyDraft, configuration: Known, product: Product | null) {
      const note = (table: KnownAs['table'], row: Known, name: string | null | undefined) => {
        if (!name || row.id === name.toLowerCase() || row.externalIds.includes(name)) return
        if (row.externalIds.length >= NAMES_MAX) return
        row.externalIds.push(name)
        rows.knownAs.push({ table, id: row.id, name })
      }
      note('organizations', organization, knownAs.organization)
      note('key_configurations', configuration, knownAs.configuration)
      if (product && asked && asked.text !== product.name && asked.text !== asked.name)
        note('products', product, asked.text)
    },

    keep(customer: Customer, product: Product | null, purchase: Purchase | null) {
      if (product?.isNew) {
        const stored = { ...product, isNew: false }
        for (const name of [product.name, product.id, ...product.externalIds]) products.set(plain(name), stored)
        rows.products.push({ id: product.id, name: product.name, external_ids: product.externalIds })
        if (writes || !pending.products.has(product.name)) counts.products++
        pending.products.add(product.name)
      }
      if (customer.isNew) {
        customers.set(customer.email, customer)
        customerIds.add(customer.id)
        const { id, email, name, externalId } = customer
        rows.customers.push({ id, email, name, external_id: externalId })
        if (writes || !pending.emails.has(email)) counts.customers++
        if (!writes) pending.emails.add(email)
      }
      if (customer.learned && !learned.has(customer.id)) {
        learned.add(customer.id)
        rows.knownAs.push({ table: 'customers', id: customer.id, name: customer.learned })
      }
      if (purchase?.isNew) {
        purchases.set(purchase.reference, purchase)
        rows.purchases.push({
          id: purchase.id,
          reference: purchase.reference,
          customer_id: purchase.customerId,
          product_id: purchase.product.id,
          product: purchase.product.name,
          purchased_at: purchase.at.toISOString(),
          kind: purchase.kind,
          status: purchase.status,
          quantity: purchase.quantity,
        })
        if (writes || !pending.orders.has(purchase.reference)) counts.purchases++
        if (!writes) pending.orders.add(purchase.reference)
      }
    },
  }
}

const noOverrides = {
  activationsModeOverride: null,
  activationLimitOverride: null,
  usageOverridden: false,
  usageLimitOverride: null,
  graceDaysOverride: null,
}
