import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { ImportField } from '../import-fields/schema.ts'
import { lookAt, settingsFor } from './look.ts'
import { doubtfulColumns, unusedColumns } from './unused-columns.ts'
import type { ImportSource } from './vendors.ts'
import { readStatus } from './words.ts'

const now = new Date('2026-11-24T12:00:00.000Z')

async function look(text: string, source: ImportSource = 'custom') {
  const looks = [await lookAt(Readable.from([Buffer.from(text)]), now)]
  const settings = settingsFor(source, looks)
  const doubtful = doubtfulColumns(looks, settings).map(({ name, suspicion }) => `${name}: ${suspicion}`)
  return { looks, settings, columns: settings.columns.keys, doubtful }
}
const table = (column: string, ...values: string[]) =>
  `key,email,"${column}"\n${values.map((value, i) => `AAAA-${i}111-2222,a${i}@example.com,"${value}"`).join('\n')}\n`

test.each<[ImportField, string, string]>([
  ...['License Status', 'licence_status', 'Key Status', 'status', 'STATE', 'Is Active?', 'enabled', 'Lizenzstatus'].map(
    (name): [ImportField, string, string] => ['status', name, 'active'],
  ),
  ...['Statut', 'État', 'Estado', 'Stato', 'Situação', 'Zustand'].map((name): [ImportField, string, string] => [
    'status',
    name,
    'aktiv',
  ]),
  ...[
    'expires_on',
    'valid_to',
    'end_date',
    'renewal_date',
    'Valid Until',
    'Ablaufdatum',
    'expiration',
    'Expiry',
    'Exp',
  ].map((name): [ImportField, string, string] => ['expiresAt', name, '2027-01-31']),
  ...['Gültig bis', 'Läuft ab am', "Date d'expiration", 'Fecha de caducidad', 'Data di scadenza', 'Geldig tot'].map(
    (name): [ImportField, string, string] => ['expiresAt', name, '31.01.2027'],
  ),
  ...[
    'Válido até',
    'date_expires',
    'validUntil',
    'License Expiration',
    'Next billing date',
    'Enddatum',
    'Échéance',
  ].map((name): [ImportField, string, string] => ['expiresAt', name, '2027-01-31']),
])('%s is read from “%s”', async (field, name, value) => {
  const { columns, doubtful } = await look(table(name, value))
  expect(columns[field]).toBe(name)
  expect(doubtful).toEqual([])
})

test.each<[string, string[]]>([
  [
    'Lizenzschlüssel;E-Mail;Name;Produkt;Bestellnummer;Erstellt am',
    ['key', 'email', 'name', 'product', 'order', 'createdAt'],
  ],
  ['Clé de licence;Adresse e-mail;Nom du client;Produit;Statut', ['key', 'email', 'name', 'product', 'status']],
  ['Clave de licencia;Correo electrónico;Nombre;Producto;Estado', ['key', 'email', 'name', 'product']],
  ['Chiave di licenza;Indirizzo e-mail;Nome;Prodotto;Scadenza', ['key', 'email', 'name', 'product', 'expiresAt']],
  ['Licentiesleutel;E-mailadres;Naam;Product;Vervaldatum', ['key', 'email', 'name', 'product', 'expiresAt']],
  ['Chave de licença;E-mail;Nome;Produto;Validade', ['key', 'email', 'name', 'product', 'expiresAt']],
])('%s', async (header, fields) => {
  const { columns } = await look(`${header}\n`)
  for (const field of fields) expect(columns[field as ImportField], field).toBeDefined()
})

describe('a column that is not understood', () => {
  test.each([
    ['by its name', 'Payment Status', ['paid', 'open'], 'status'],
    ['by its name, with dates in it', 'Refunded on', ['2026-01-02', ''], 'status'],
    ['by its name, with sums in it', 'Chargeback amount', ['49.00', ''], 'status'],
    ['by what stands in it', 'Lage', ['expired', 'active'], 'status'],
    ['by a few words among others', 'Zahlung', ['refunded', 'paid', 'paid', 'open'], 'status'],
    ['by the end of its name', 'Zahlungsstatus', ['bezahlt', 'offen'], 'status'],
    ['by German words', 'Bemerkungen', ['gesperrt', 'gültig'], 'status'],
    ['of days ahead', 'Frist', ['2027-01-31', '2024-01-31'], 'end'],
    ['of days past, by its name', 'Support until', ['2024-01-31', '2025-01-31'], 'end'],
  ])('is asked about %s', async (_, name, values, suspicion) => {
    expect((await look(table(name, ...values))).doubtful).toEqual([`${name}: ${suspicion}`])
  })

  test.each([
    ['counties', 'State', ['OR', 'CA']],
    ['yes and no', 'Newsletter', ['yes', 'no']],
    ['ones and zeros', 'Beta', ['1', '0']],
    ['days past', 'Last contact', ['2024-01-31', '2025-01-31']],
    ['people', 'End user', ['Ada', 'Bob']],
    ['numbers', 'Phone', ['004930123456', '1798675200']],
    ['nothing', 'Cancelled because', ['', '']],
    ['words', 'Where from', ['a fair', 'a friend']],
  ])('is left out when it is about %s', async (_, name, values) => {
    const { looks, settings, doubtful } = await look(table(name, ...values))
    expect(doubtful).toEqual([])
    expect(unusedColumns(looks, settings)).toEqual([{ kind: 'keys', name, suspicion: null }])
  })

  test('is asked about once, and a second column for one field too', async () => {
    const text = 'key,email,status,Payment Status\nAAAA-1111,a@example.com,active,refunded\n'
    const { looks, settings } = await look(text)
    const ignored = doubtfulColumns(looks, settings).map(({ name }) => name)
    expect(ignored).toEqual(['Payment Status'])
    expect(doubtfulColumns(looks, { ...settings, ignored })).toEqual([])
  })

  test('far below the first records it still counts by its name', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => `AAAA-${i}-2222,a${i}@example.com,`).join('\n')
    expect((await look(`key,email,Cancelled on\n${rows}\n`)).doubtful).toEqual(['Cancelled on: status'])
  })
})

test.each([
  ...[
    ['Aktiv', 'granted'],
    ['gesperrt', 'disabled'],
    ['Abgelaufen', 'expired'],
    ['storniert', 'revoked'],
  ],
  ...[
    ['Expiré', 'expired'],
    ['Remboursé', 'revoked'],
    ['Caducado', 'expired'],
    ['scaduto', 'expired'],
  ],
  ...[
    ['verlopen', 'expired'],
    ['Trialing', 'granted'],
    ['constructor', null],
    ['__proto__', null],
    ['unknown', null],
  ],
])('the status %s means %s', (word, meaning) => expect(readStatus(word as string)).toBe(meaning))
