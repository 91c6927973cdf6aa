// What client software was told, kept beside the database, to be held against it afterwards.
import { expect } from '@playwright/test'
import { ask } from '../../server/database/open.ts'
import type { IssuedKey } from '../organization.ts'
import type { Said } from './caller.ts'

/** What was acknowledged, and what was cut off and may have happened or not. */
type Amount = { sure: number; unsure: number }
type Device = { id: string | null; state: 'live' | 'gone' | 'unsure' }

/** Everything that was asked about one key. */
export type KeyLedger = { key: IssuedKey; validations: Amount; usage: Amount; devices: Map<string, Device> }

export const newLedger = (key: IssuedKey): KeyLedger => ({
  key,
  validations: { sure: 0, unsure: 0 },
  usage: { sure: 0, unsure: 0 },
  devices: new Map(),
})

/** What an answer means for the ledger: it happened, it was refused, or nobody can tell. Anything else is a fault. */
export function meaningOf(answer: Said): 'done' | 'refused' | 'unsure' {
  if (answer === null || answer.status === 503) return 'unsure'
  if (answer.status === 200) return answer.json.valid === false ? 'refused' : 'done'
  const isRefusal = ['ACTIVATION_LIMIT_REACHED', 'USAGE_LIMIT_REACHED'].includes(answer.json.code)
  if (!isRefusal) throw new Error(`An answer that nobody should get: ${answer.status} ${answer.text}`)
  return 'refused'
}

/** A key that somebody was told was issued to this address, or may have been. */
export type Issue = { email: string; licenseKeyId: string | null; keyString: string | null }

type KeyRow = { id: string; usage: number; validations: string }
type ActivationRow = { id: string; license_key_id: string; label: string; deactivated_at: Date | null }
type EventRow = { type: string; license_key_id: string; activation_id: string | null }
type IssuedRow = { id: string; email: string; events: string }

/** Holds the database against the ledgers: all that was acknowledged is there exactly once, and no limit is passed. */
export async function audit(
  databaseUrl: string,
  ledgers: KeyLedger[],
  issues: Issue[],
  limits: { activations: number; uses: number },
) {
  const ids = ledgers.map(({ key }) => key.id)
  const keys = await ask<KeyRow>(databaseUrl, 'SELECT id, usage, validations FROM license_keys WHERE id = ANY($1)', [
    ids,
  ])
  const activations = await ask<ActivationRow>(
    databaseUrl,
    'SELECT id, license_key_id, label, deactivated_at FROM activations WHERE license_key_id = ANY($1)',
    [ids],
  )
  const events = await ask<EventRow>(
    databaseUrl,
    'SELECT type, license_key_id, activation_id FROM events WHERE license_key_id = ANY($1)',
    [ids],
  )
  for (const ledger of ledgers) {
    const of = <Row extends { license_key_id: string }>(rows: Row[]) =>
      rows.filter((row) => row.license_key_id === ledger.key.id)
    const row = keys.find(({ id }) => id === ledger.key.id)
    expectWithin(Number(row?.validations), ledger.validations, 'validations')
    expectWithin(Number(row?.usage), ledger.usage, 'usage')
    expect(row?.usage).toBeLessThanOrEqual(limits.uses)
    auditDevices(ledger, of(activations), of(events))
    const live = of(activations).filter(({ deactivated_at }) => deactivated_at === null)
    expect(live.length).toBeLessThanOrEqual(limits.activations)
  }
  await auditIssues(databaseUrl, issues)
}

function expectWithin(found: number, { sure, unsure }: Amount, what: string) {
  expect(found, what).toBeGreaterThanOrEqual(sure)
  expect(found, what).toBeLessThanOrEqual(sure + unsure)
}

function auditDevices({ devices }: KeyLedger, rows: ActivationRow[], events: EventRow[]) {
  for (const [label, device] of devices) {
    const found = rows.filter((row) => row.label === label)
    if (device.id !== null)
      expect(
        found.map(({ id }) => id),
        label,
      ).toEqual([device.id])
    else expect(found.length, label).toBeLessThanOrEqual(1)
    if (device.state !== 'unsure') expect(found[0]?.deactivated_at === null, label).toBe(device.state === 'live')
  }
  for (const row of rows) {
    expect(devices.has(row.label), row.label).toBe(true)
    const count = (type: string) =>
      events.filter((event) => event.type === type && event.activation_id === row.id).length
    expect(count('activation.created'), row.label).toBe(1)
    expect(count('activation.deactivated'), row.label).toBe(row.deactivated_at === null ? 0 : 1)
  }
  const created = events.filter(({ type }) => type === 'activation.created')
  expect(created).toHaveLength(rows.length)
}

async function auditIssues(databaseUrl: string, issues: Issue[]) {
  const found = await ask<IssuedRow>(
    databaseUrl,
    `SELECT k.id, c.email, (SELECT count(*) FROM events e WHERE e.license_key_id = k.id AND e.type = 'license_key.issued') AS events
     FROM license_keys k JOIN customers c ON c.id = k.customer_id WHERE c.email = ANY($1)`,
    [issues.map(({ email }) => email)],
  )
  for (const { email, licenseKeyId } of issues) {
    const rows = found.filter((row) => row.email === email)
    if (licenseKeyId !== null)
      expect(
        rows.map(({ id }) => id),
        email,
      ).toEqual([licenseKeyId])
    else expect(rows.length, email).toBeLessThanOrEqual(1)
    for (const row of rows) expect(Number(row.events), email).toBe(1)
  }
}
