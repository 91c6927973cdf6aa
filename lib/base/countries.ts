import '#server-only'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { type CountryResponse, Reader } from 'mmdb-lib'
import { log } from './log.ts'
import { whyNotPublic } from './networks.ts'
import { perProcess } from './per-process.ts'

// In which country a network is, from a table that comes as a package (CC0, 8 MB, read once into memory). Who leaves optional packages out
// has no table, and then nothing is said of countries.

const PACKAGE = '@ip-location-db/geo-whois-asn-country-mmdb'

type Table = { country: (address: string) => string | null }

const none: Table = { country: () => null }

/** Reads the table of a package that may be absent: then no address has a country. */
export function readTable(name: string = PACKAGE): Table {
  try {
    // From the folder of the project, because bundles of pages lie elsewhere.
    const manifest = createRequire(path.join(process.cwd(), 'package.json')).resolve(`${name}/package.json`)
    const reader = new Reader<CountryResponse>(
      readFileSync(path.join(path.dirname(manifest), 'geo-whois-asn-country.mmdb')),
    )
    return { country: (address) => codeOf(reader.get(address)) }
  } catch (error) {
    if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') log.warn({ err: error }, 'no table of countries')
    return none
  }
}

const codeOf = (found: unknown): string | null => {
  const code = (found as { country_code?: unknown } | null)?.country_code
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null
}

const table = perProcess('countries', (): { read: Table | null } => ({ read: null }))

/**
 * The country (ISO 3166, two letters) where an address, or a network like `198.51.100.0/24` or `2001:db8::/48`, is registered; null where that
 * is unknown. A registry's word, not a place: good enough to support other evidence, and for nothing else.
 */
export function countryOf(network: string): string | null {
  const [address = ''] = network.split('/')
  // Such tables have holes: they name countries of networks that are nowhere.
  if (whyNotPublic(address)) return null
  try {
    table.read ??= readTable()
    return table.read.country(address)
  } catch {
    return null
  }
}
