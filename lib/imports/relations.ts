import '#server-only'
import type { PurchaseStatus } from '#prisma/enums.ts'
import { idFrom, newId } from '../base/ids.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import type { KeyDraft } from './drafts.ts'
import { named } from './named.ts'
import { elsewhere, purchaseStatusOf } from './rules.ts'
import type { ImportSettings } from './schema.ts'
import type { Stored } from './stored.ts'
import { type KnownAs, NAMES_MAX, type Rows } from './write.ts'

type Known = { id: string; externalIds: string[] }
type Customer = {
  id: string
  email: string
  isNew: boolean
  name: string | null
  externalId: string | null
  /** Of one who was here before: the id they had elsewhere, when they have none yet. */
  learned?: string | null
}
type Product = Known & { name: string; isNew: boolean }
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
/** What one key belongs to, beside its configuration. */
type Related = { product: Product | null; customer: Customer; purchase: Purchase | null }

const plain = (text: string) => text.trim().toLowerCase()
const index = <Row extends Known & { name: string }>(rows: Row[]) =>
  new Map(rows.flatMap((row) => [row.name, ...row.externalIds, row.id].map((name) => [plain(name), row] as const)))

/** Finds, or prepares, what the keys of a batch belong to. Only what `keep` was told of is among its rows. */
export function relations(organizationId: string, stored: Stored, settings: ImportSettings, now: Date) {
  const configurations = index(
    stored.configurations.map((row) => ({
      ...row,
      externalIds: [...row.externalIds],
      limits: effectiveLimits(noOverrides, row),
    })),
  )
  const products = index<Product>(
    stored.products.map((row) => ({ ...row, externalIds: [...row.externalIds], isNew: false })),
  )
  const organization: Known = { id: organizationId, externalIds: [] }
  const customers = new Map<string, Customer>()
  const customerIds = new Set(stored.customerIds)
  const learned = new Set<string>()
  const purchases = new Map<string, Purchase>()
  const rows: Pick<Rows, 'products' | 'customers' | 'purchases' | 'knownAs'> = {
    ...{ products: [], customers: [], purchases: [], knownAs: [] },
  }

  function productOf(asked: KeyDraft['product']): Product | string | null {
    if (!asked) return (settings.productId && products.get(settings.productId)) || null
    const found = products.get(plain(asked.text)) ?? products.get(plain(asked.name))
    if (found) return found
    if (!settings.createProducts)
      return `There is no product ${named(asked.name)}, and creating products was not chosen.`
    const externalIds = asked.text === asked.name ? [] : [asked.text]
    return { id: newId(now), name: asked.name.slice(0, 80), isNew: true, externalIds }
  }

  function customerOf({ customer: { email, name, id } }: KeyDraft): Customer {
    const there = stored.customersByEmail.get(email)
    const known = customers.get(email) ?? there
    const learned = there?.external_id === null ? elsewhere(id, there.id) : null
    if (known) return { id: known.id, email, name: null, externalId: null, isNew: false, learned }
    const own = id ? idFrom(id) : newId(now)
    // Two addresses under one id, or another organization's customer: this one gets an id of its own.
    const customerId = customerIds.has(own) ? newId(now) : own
    return { id: customerId, email, name, isNew: true, externalId: elsewhere(id, customerId) }
  }

  function purchaseOf(
    draft: KeyDraft,
    customerId: string,
    product: Product | null,
    at: Date,
  ): Purchase | string | null {
    const { order: reference, quantity } = draft
    if (!reference || !product) return null
    const there = stored.purchases.get(reference)
    const known = purchases.get(reference)
    const of = known ? { customerId: known.customerId, productId: known.product.id } : there
    if (of && (of.customerId !== customerId || of.productId !== product.id))
      return `The order ${named(reference)} belongs to another customer or product.`
    if (known) return { ...known, isNew: false }
    if (there) return { ...there, product, isNew: false, at, quantity }
    const kind = draft.isSubscription ? 'subscription' : 'one_time'
    const status = purchaseStatusOf(draft.reasons)
    return { id: newId(now), reference, kind, customerId, product, isNew: true, at, status, quantity }
  }

  function note(table: KnownAs['table'], row: Known, name: string | null): void {
    if (!name || row.id === name.toLowerCase() || row.externalIds.includes(name)) return
    if (row.externalIds.length >= NAMES_MAX) return
    row.externalIds.push(name)
    rows.knownAs.push({ table, id: row.id, name })
  }

  function keepProduct(product: Product): void {
    const kept = { ...product, isNew: false }
    for (const name of [product.name, product.id, ...product.externalIds]) products.set(plain(name), kept)
    rows.products.push({ id: product.id, name: product.name, external_ids: product.externalIds })
  }

  function keepCustomer(customer: Customer): void {
    const { id, email, name, externalId } = customer
    customers.set(email, customer)
    customerIds.add(id)
    rows.customers.push({ id, email, name, external_id: externalId })
  }

  function keepPurchase(purchase: Purchase): void {
    const { id, reference, customerId, product, at, kind, status, quantity } = purchase
    purchases.set(reference, purchase)
    rows.purchases.push({
      ...{ id, reference, customer_id: customerId, product_id: product.id, product: product.name },
      ...{ purchased_at: at.toISOString(), kind, status, quantity },
    })
  }

  return {
    /** The key configuration of a record, or why it has none. */
    configuration(text: string | null) {
      const found = configurations.get(plain(text ?? settings.keyConfigurationId ?? ''))
      if (found) return found
      return text
        ? `There is no key configuration ${named(text)}.`
        : 'It names no key configuration, and none is chosen for the whole file.'
    },

    /** Its product, customer and purchase, or why it cannot belong to them. */
    find(draft: KeyDraft, createdAt: Date): Related | string {
      const product = productOf(draft.product)
      if (typeof product === 'string') return product
      const customer = customerOf(draft)
      const purchase = purchaseOf(draft, customer.id, product, createdAt)
      return typeof purchase === 'string' ? purchase : { product, customer, purchase }
    },

    /** The key will be written: what it belongs to as well, and what that was called elsewhere. */
    keep({ knownAs, product: asked }: KeyDraft, configuration: Known, { product, customer, purchase }: Related): void {
      if (product?.isNew) keepProduct(product)
      if (customer.isNew) keepCustomer(customer)
      if (customer.learned && !learned.has(customer.id)) {
        learned.add(customer.id)
        rows.knownAs.push({ table: 'customers', id: customer.id, name: customer.learned })
      }
      if (purchase?.isNew) keepPurchase(purchase)
      note('organizations', organization, knownAs.organization)
      note('key_configurations', configuration, knownAs.configuration)
      if (product && asked && asked.text !== product.name && asked.text !== asked.name)
        note('products', product, asked.text)
    },

    rows: () => rows,
  }
}
/** What finds and keeps what keys belong to. */
export type Relations = ReturnType<typeof relations>

const noOverrides = {
  activationsModeOverride: null,
  activationLimitOverride: null,
  usageOverridden: false,
  usageLimitOverride: null,
  graceDaysOverride: null,
}
