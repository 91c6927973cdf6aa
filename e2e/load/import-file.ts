// Writes a file to import: node e2e/load/import-file.ts FILE [KEYS] [BAD ROWS]. Latchkey's own columns, one or two devices a key.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { stringify } from 'csv-stringify/sync'

const columns = [
  ...['id', 'key', 'status', 'customer_email', 'customer_name', 'customer_id', 'configuration', 'product', 'order'],
  ...['created_at', 'expires_at', 'activation_limit', 'usage', 'usage_limit', 'validations', 'last_validated_at'],
  ...['first_activated_at', 'grace_days', 'new_devices_blocked', 'note', 'external_id', 'activations'],
]

/** The lines of a file with so many keys; every so often one that cannot be imported. */
export function* importLines(keys: number, bad: number, configuration: string): Generator<string> {
  yield stringify([columns])
  const every = bad > 0 ? Math.floor(keys / bad) : Number.POSITIVE_INFINITY
  for (let i = 0; i < keys; i++) {
    const isBad = i % every === every - 1
    const createdAt = new Date(Date.UTC(2024, 0, 1) + i * 300_000)
    const activations = Array.from({ length: 1 + (i % 2) }, (_, device) => ({
      id: randomUUID(),
      label: `Computer ${device + 1}`,
      created_at: new Date(createdAt.getTime() + (device + 1) * 60_000).toISOString(),
      fingerprint: `machine-${i}-${device}`,
    }))
    yield stringify([
      [
        ...[
          randomUUID(),
          `LOAD_${randomUUID().toUpperCase()}`,
          isBad ? 'perhaps' : i % 50 === 7 ? 'disabled' : 'granted',
        ],
        ...[`customer-${i % 60_000}@load.example`, `Customer ${i % 60_000}`, '', configuration, '', ''],
        ...[createdAt.toISOString(), i % 4 === 0 ? '2031-05-01T00:00:00.000Z' : 'never'],
        ...[i % 10 === 3 ? '5' : '3', String(i % 7), 'unlimited', String(i % 900)],
        ...[i % 3 === 0 ? '' : '2026-10-01T08:00:00.000Z', activations[0]?.created_at ?? '', '0', 'false'],
        ...[i % 100 === 5 ? '=SUM(A1)' : '', '', JSON.stringify(activations)],
      ],
    ])
  }
}

if (import.meta.main) {
  const [file = 'keys.csv', keys = '100000', bad = '50'] = process.argv.slice(2)
  const out = createWriteStream(file)
  for (const line of importLines(Number(keys), Number(bad), 'Editor')) if (!out.write(line)) await once(out, 'drain')
  out.end()
  await finished(out)
}
