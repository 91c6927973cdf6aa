import { createHash } from 'node:crypto'
import type { Person } from './people.ts'
import type { Random } from './random.ts'

/** A computer as client software describes it when it activates. */
export type Device = {
  label: string
  fingerprint: string | null
  meta: { os: string; app_version: string; ip: string }
  conditions: { major_version?: number }
}

const models = [
  ['MacBook Pro', 'macOS 27.1'],
  ['MacBook Air', 'macOS 27.0'],
  ['Studio iMac', 'macOS 26.4'],
  ['Mac mini', 'macOS 27.1'],
  ['ThinkPad X1', 'Windows 11'],
  ['Surface Laptop', 'Windows 11'],
  ['Dell XPS 15', 'Windows 11'],
  ['Desk PC', 'Windows 11'],
  ['Framework 13', 'Fedora 45'],
  ['Old ThinkPad', 'Ubuntu 26.04'],
] as const

const rooms = ['FRONT', 'EDIT', 'DESIGN', 'LAYOUT', 'PROOF', 'SALES', 'NEWS', 'PRINT'] as const
const versions = ['4.2.1', '4.2.1', '4.2.1', '4.2.0', '4.2.0', '4.1.3', '4.0.6'] as const
// For documentation (RFC 5737, RFC 3849): nobody's addresses.
const networks = ['192.0.2.', '198.51.100.', '203.0.113.'] as const

/** A device of this person; `nth` keeps the labels of one key apart, and what is idle was never updated. */
export function makeDevice(random: Random, owner: Person, nth: number, name?: string, isIdle = false): Device {
  const [model, os] = (name && models.find(([label]) => name.includes(label))) || random.pick(models)
  const seat = `${random.pick(rooms)}-${String(nth + 1).padStart(2, '0')}`
  const first = owner.name.split(' ')[0]
  const label = name ?? (owner.isCompany ? seat : nth === 0 || random.chance(0.4) ? `${first}’s ${model}` : model)
  return {
    label,
    // Older versions of the app sent none.
    fingerprint: random.chance(0.85) ? createHash('sha256').update(random.hex(32)).digest('hex').slice(0, 32) : null,
    meta: {
      os: owner.isCompany && !name ? random.pick(['Windows 11', 'Windows 11', 'macOS 27.1', 'Ubuntu 26.04']) : os,
      app_version: isIdle ? '3.9.8' : random.pick(versions),
      ip: random.chance(0.1) ? `2001:db8::${random.hex(4)}` : `${random.pick(networks)}${random.int(2, 250)}`,
    },
    conditions: random.chance(0.3) ? { major_version: 4 } : {},
  }
}
