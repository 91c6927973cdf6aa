import { dayOf, type Sighting } from './places.ts'
import { ROWS_PER_KEY_DAY } from './plain.ts'

// Calls added up per key, device, day and network. Production and simulation count with it alike. Pure: nothing is looked up here.

/** `full`: refused because the key had no place left. */
export type Seen = 'yes' | 'no' | 'full'

type Row = { hours: number; yes: number; no: number; full: number }
/** Of one key on one day. */
type KeyDay = { devices: Map<string, Map<string, Row>>; rows: number; dropped: number }

/** The name of no device. */
const NONE = ''

export class Tally {
  /** By day, then by key. */
  readonly days = new Map<number, Map<string, KeyDay>>()
  /** How many there are. */
  rows = 0

  /** Adds one call. A key has at most ROWS_PER_KEY_DAY rows a day; what comes after them is counted as dropped. */
  add(key: string, device: string | null, network: string, seen: Seen, at: number): void {
    const day = dayOf(at)
    let keys = this.days.get(day)
    if (!keys) {
      keys = new Map()
      this.days.set(day, keys)
    }
    let of = keys.get(key)
    if (!of) {
      of = { devices: new Map(), rows: 0, dropped: 0 }
      keys.set(key, of)
    }
    let networks = of.devices.get(device ?? NONE)
    let row = networks?.get(network)
    if (!row) {
      if (of.rows >= ROWS_PER_KEY_DAY) {
        of.dropped++
        return
      }
      of.rows++
      this.rows++
      if (!networks) {
        networks = new Map()
        of.devices.set(device ?? NONE, networks)
      }
      row = { hours: 0, yes: 0, no: 0, full: 0 }
      networks.set(network, row)
    }
    row.hours |= 1 << ((at / 3_600_000) % 24)
    if (seen === 'yes') row.yes++
    else {
      row.no++
      if (seen === 'full') row.full++
    }
  }
}

/** The rows of a key on a day. */
export function* sightingsOf(day: number, { devices }: KeyDay): Generator<Sighting> {
  for (const [device, networks] of devices)
    for (const [network, row] of networks) yield { device: device === NONE ? null : device, day, network, ...row }
}

// A network is where an address lies: what providers give to one house or office, and what stays when its last part changes.
const GROUPS_OF_48 = 3

/** The /24 of an IPv4 address, the /48 of an IPv6 one; of anything else itself. */
export function networkOfAddress(address: string): string {
  const dot = address.lastIndexOf('.')
  if (dot > 0) {
    // An IPv4 address may be written in an IPv6 one.
    const from = address.lastIndexOf(':') + 1
    return `${address.slice(from, dot)}.0/24`
  }
  if (!address.includes(':')) return address
  const gap = address.indexOf('::')
  const head = (gap < 0 ? address : address.slice(0, gap)).split(':')
  const groups = [0, 1, 2].map((i) => head[i] || '0').slice(0, GROUPS_OF_48)
  return `${groups.join(':').toLowerCase()}::/48`
}

/** The larger network that one is a part of: the /16 of a /24, the /32 of a /48; of a name with slashes all but its last part. */
export function areaOf(network: string): string {
  const four = /^(\d+\.\d+)\.\d+\.0\/24$/.exec(network)
  if (four) return `${four[1]}.0.0/16`
  const six = /^([0-9a-f]+:[0-9a-f]+):[0-9a-f]+::\/48$/.exec(network)
  if (six) return `${six[1]}::/32`
  const slash = network.lastIndexOf('/')
  return slash > 0 ? network.slice(0, slash) : network
}
