import '#server-only'
import { idFrom, newId } from '../base/ids.ts'
import { reasonsOfPurchase } from '../license-keys/rules.ts'
import type { Basis } from './decide.ts'
import type { KeyDraft } from './drafts.ts'
import { named } from './named.ts'
import { elsewhere, purchaseStatusOf } from './rules.ts'
import type { Configuration, StoredPurchase } from './stored.ts'
import { type KnownAs, NAMES_MAX, type Rows } from './write.ts'

type Product = Rows['products'][number]
type Customer = Rows['customers'][number]
type Purchase = (StoredPurchase & { isNew: false }) | (Rows['purchases'][number] & { isNew: true })
/** What one key belongs to, beside its configuration. */
type Related = { product: Product | null; customer: Customer; purchase: Purchase | null }
type Named = { id: string; name: string; external_ids: string[] }

const plain = (text: string) => text.trim().toLowerCase()
const withNames = <Row extends Named>(row: Row) =>
  [row.name, ...row.external_ids, row.id].map((name) => [plain(name), row] as const)

/** Finds, or prepares, what the keys of a batch belong to. Only what `keep` was told of is among its rows. */
export function relations({ organizationId, stored, settings, now }: Basis) {
  const configurations = new Map(stored.configurations.flatMap(withNames))
  const products = new Map(stored.products.flatMap(withNames))
  const customers = new Map<string, Customer>(stored.customersByEmail)
  const customerIds = new Set(stored.customerIds)
  const purchases = new Map(stored.purchases)
  /** The names that rows have elsewhere, as far as the batch adds to them. */
  const names = new Map<string, string[]>()
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
    return { id: newId(now), name: asked.name.slice(0, 80), external_ids: externalIds }
  }

  function customerOf({ customer: { email, name, id } }: KeyDraft): Customer {
    const known = customers.get(email)
    if (known) return known
    const own = id ? idFrom(id) : newId(now)
    // Two addresses under one id, or another organization's customer: this one gets an id of its own.
    const customerId = customerIds.has(own) ? newId(now) : own
    return { id: customerId, email, name, external_id: elsewhere(id, customerId) }
  }

  function purchaseOf(
    draft: KeyDraft,
    customer: Customer,
    product: Product | null,
    at: Date,
  ): Purchase | string | null {
    const { order: reference, quantity } = draft
    if (!reference || !product) return null
    const known = purchases.get(reference)
    if (known && (known.customer_id !== customer.id || known.product_id !== product.id))
      return `The order ${named(reference)} belongs to another customer or product.`
    if (known) return { ...known, isNew: false }
    const status = purchaseStatusOf(draft.reasons)
    return {
      ...{ id: newId(now), reference, customer_id: customer.id, product_id: product.id, product: product.name },
      ...{ purchased_at: at.toISOString(), kind: draft.isSubscription ? 'subscription' : 'one_time' },
      ...{ status, reasons: [...reasonsOfPurchase[status]], quantity, isNew: true },
    }
  }

  /** What a row that is here was called elsewhere. */
  function note(
    table: KnownAs['table'],
    { id, external_ids }: Pick<Named, 'id' | 'external_ids'>,
    name: string | null,
  ) {
    const known = names.get(id) ?? external_ids
    if (!name || id === name.toLowerCase() || known.includes(name) || known.length >= NAMES_MAX) return
    names.set(id, [...known, name])
    rows.knownAs.push({ table, id, name })
  }

  function keepCustomer(customer: Customer, asked: KeyDraft['customer']): void {
    const { id, email } = customer
    if (!customers.has(email)) {
      customers.set(email, customer)
      customerIds.add(id)
      rows.customers.push(customer)
    }
    const name = elsewhere(asked.id, id)
    if (name === null || customer.external_id !== null || !stored.customersByEmail.has(email)) return
    customers.set(email, { ...customer, external_id: name })
    rows.knownAs.push({ table: 'customers', id, name })
  }

  return {
    /** The key configuration of a record, or why it has none. */
    configuration(text: string | null): Configuration | string {
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
      const purchase = purchaseOf(draft, customer, product, createdAt)
      return typeof purchase === 'string' ? purchase : { product, customer, purchase }
    },

    /** The key will be written: what it belongs to as well, and what that was called elsewhere. */
    keep(draft: KeyDraft, configuration: Configuration, { product, customer, purchase }: Related): void {
      if (product && !products.has(product.id)) {
        for (const [name] of withNames(product)) products.set(name, product)
        rows.products.push(product)
      }
      keepCustomer(customer, draft.customer)
      if (purchase?.isNew) {
        purchases.set(purchase.reference, purchase)
        rows.purchases.push(purchase)
      }
      const { knownAs, product: asked } = draft
      note('organizations', { id: organizationId, external_ids: [] }, knownAs.organization)
      note('key_configurations', configuration, knownAs.configuration)
      if (product && asked && asked.text !== product.name && asked.text !== asked.name)
        note('products', product, asked.text)
    },

    rows: () => rows,
  }
}
/** What finds and keeps what keys belong to. */
export type Relations = ReturnType<typeof relations>
