import type { VendorExport } from '../import-fields/schema.ts'
import type { KeyConfigurationRecord } from '../key-configurations/schema.ts'
import type { KeyRecord } from '../license-keys/schema.ts'
import type { Dialect } from '../operations/line.ts'
import type { VendorSnippet } from '../snippets/schema.ts'
import type { StoreName } from '../store-facts/schema.ts'
import type { StoreSetup } from '../store-facts/setup.ts'
import { creem } from './creem/vendor.ts'
import { custom } from './custom/vendor.ts'
import { dodo } from './dodo/vendor.ts'
import { fastspring } from './fastspring/vendor.ts'
import { gumroad } from './gumroad/vendor.ts'
import { keygen } from './keygen/vendor.ts'
import { latchkey } from './latchkey/vendor.ts'
import { lemonsqueezy } from './lemonsqueezy/vendor.ts'
import { paddle } from './paddle/vendor.ts'
import { polar } from './polar/vendor.ts'
import { shopify } from './shopify/vendor.ts'
import { stripe } from './stripe/vendor.ts'
import { woocommerce } from './woocommerce/vendor.ts'

/** What Latchkey can do with one vendor; what it cannot is left out. */
export type Vendor = {
  /** Answers its client software and SDKs. */
  dialect?: Dialect
  /** What the integrate page shows for its SDK. */
  snippet?: VendorSnippet
  /** How its exports are read. */
  exports?: VendorExport
  /** How it is connected as a store. Its reader, which needs the server, is in lib/stores/readers.ts. */
  setup?: StoreSetup
  /** Writes messages for receivers of its webhooks. */
  webhooks?: (type: never, at: Date, key: KeyRecord, configuration: KeyConfigurationRecord) => object
}

/** Every vendor, one line each: the order in which people choose, and in which files are recognized. */
export const vendors = {
  latchkey,
  stripe,
  polar,
  dodo,
  lemonsqueezy,
  paddle,
  gumroad,
  keygen,
  fastspring,
  woocommerce,
  shopify,
  creem,
  custom,
} satisfies Record<string, Vendor> & Record<StoreName, { setup: StoreSetup }>

type Vendors = typeof vendors
/** The vendors that have a part. */
type With<Part extends keyof Vendor> = {
  [V in keyof Vendors]: Vendors[V] extends Record<Part, unknown> ? V : never
}[keyof Vendors]

/** That part of every vendor that has it, in the order of the list. */
export const partsOf = <Part extends keyof Vendor>(part: Part) =>
  Object.fromEntries(
    Object.entries<Vendor>(vendors).flatMap(([name, vendor]) => (part in vendor ? [[name, vendor[part]]] : [])),
  ) as { [V in With<Part>]: Vendors[V] extends Record<Part, infer Value> ? Value : never }
