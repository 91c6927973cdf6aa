import { beforeAll, expect, test } from 'vitest'
import { Prisma } from '#prisma/client.ts'
import { listActivations } from '../activations/list.ts'
import type { Member, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { foldForSearch } from '../base/text.ts'
import { createCustomer } from '../customers/commands.ts'
import { listCustomerRecords, listCustomers } from '../customers/queries.ts'
import { CreateCustomer } from '../customers/schema.ts'
import { listEvents } from '../events/queries.ts'
import { listKeyConfigurations } from '../key-configurations/queries.ts'
import { listKeyConfigurationRecords } from '../key-configurations/records.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { activate } from '../license-calls/calls.ts'
import { ActivateCall } from '../license-calls/schema.ts'
import { listLicenseKeys } from '../license-keys/list.ts'
import { listProductRecords, listProducts } from '../products/queries.ts'
import { prisma } from './client.ts'
import { customerSearchSql, foldWords, searchedSql } from './folded.ts'

const now = new Date()
const software: Software = { kind: 'software', address: null }
let me: Member

const people = [
  ['José García', 'jose.g@x.example'],
  ['Ömer Şahin', 'omer@müller.example'],
  ['Straße & Söhne', 'kontakt@strasse.example'],
  ['Łukasz Żak', 'lz@x.example'],
  ['Søren Ærø', 's@x.example'],
  ['Анна Ёлкина', 'anna@почта.рф'],
  ['100%_sure', 'percent@x.example'],
] as const

beforeAll(async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  me = { kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' }
  for (const [name, email] of people)
    await createCustomer(me, CreateCustomer.parse({ email, name: name.normalize('NFD') }), now)
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Édition Pro' } })
  const product = await prisma.product.create({
    data: {
      organizationId,
      name: 'Crème',
      description: 'Größe',
      keyConfigurations: { create: { keyConfigurationId: configuration.id } },
    },
  })
  const jose = await prisma.customer.findFirstOrThrow({ where: { organizationId, name: 'José García' } })
  const key = makeKeyString('uuid', null)
  await prisma.licenseKey.create({
    data: {
      ...{ organizationId, customerId: jose.id, keyConfigurationId: configuration.id, productId: product.id },
      ...keyStringColumns(key, null),
      note: 'Für den Übersetzer',
      updatedAt: now,
    },
  })
  const call = {
    key,
    organization_id: organizationId,
    label: 'Rene\u0301’s Büro \u202EPC',
    fingerprint: 'Default string',
  }
  const { activation } = await activate(software, ActivateCall.parse(call), now)
  expect(activation).toMatchObject({ label: 'René’s Büro PC', fingerprint: null })
})

const list = { page: 1, size: 20, dir: 'asc' } as const
const emails = async (q: string) =>
  (await listCustomers(me, { q }, { ...list, sort: 'createdAt' })).customers.map(({ email }) => email)

test.each([
  ['jose', 'jose.g@x.example'],
  ['JOSE GARCIA', 'jose.g@x.example'],
  ['José', 'jose.g@x.example'],
  ['Jose\u0301', 'jose.g@x.example'],
  ['omer', 'omer@müller.example'],
  ['ömer sahin', 'omer@müller.example'],
  ['@müller', 'omer@müller.example'],
  ['omer@muller', 'omer@müller.example'],
  ['xn--mller-kva.example', 'omer@müller.example'],
  ['strasse &', 'kontakt@strasse.example'],
  ['STRAẞE', 'kontakt@strasse.example'],
  ['sohne', 'kontakt@strasse.example'],
  ['lukasz', 'lz@x.example'],
  ['Łukasz zak', 'lz@x.example'],
  ['soren aero', 's@x.example'],
  ['АННА ЕЛ', 'anna@почта.рф'],
  ['почта', 'anna@почта.рф'],
  ['%_', 'percent@x.example'],
])('%s finds one customer', async (q, email) => {
  expect(await emails(q)).toEqual([email])
  const records = await listCustomerRecords(me, { q }, { sort: 'email', dir: 'asc', limit: 10 })
  expect(records.map((each) => each.email)).toEqual([email])
  const { events } = await listEvents(me, { q }, { page: 1, size: 10 })
  expect(events.map(({ customer }) => customer?.email)).toContain(email)
})

test('pages of a search go on after a row', async () => {
  const page = async (after?: { value: string; id: string }) =>
    await listCustomerRecords(me, { q: 'x.example' }, { sort: 'email', dir: 'asc', limit: 2, after })
  const first = await page()
  const last = first.at(-1)
  const second = await page({ value: last?.email as string, id: last?.id as string })
  expect([...first, ...second].map(({ email }) => email)).toEqual([
    'jose.g@x.example',
    'lz@x.example',
    'percent@x.example',
    's@x.example',
  ])
})

test('names are stored in one form, addresses found in either', async () => {
  const names = (await prisma.customer.findMany({ where: { organizationId: me.organizationId } })).map(
    ({ name }) => name,
  )
  for (const [name] of people) expect(names).toContain(name)
  const byWire = await listCustomerRecords(
    me,
    { emails: ['Omer@XN--MLLER-KVA.example'] },
    { sort: 'email', dir: 'asc', limit: 9 },
  )
  expect(byWire.map(({ email }) => email)).toEqual(['omer@müller.example'])
})

test('keys by notes and names, devices by labels, products and configurations by names', async () => {
  for (const q of ['ubersetzer', 'fur den', 'jose'])
    expect((await listLicenseKeys(me, { q }, { ...list, sort: 'createdAt' }, now)).total, q).toBe(1)
  for (const q of ['rene’s buro', 'RENÉ', 'jose'])
    expect((await listActivations(me, { q }, { ...list, sort: 'createdAt' }, now)).total, q).toBe(1)
  const catalogue = { ...list, status: 'all', sort: 'name' } as const
  for (const q of ['creme', 'grosse', 'edition']) expect((await listProducts(me, { ...catalogue, q })).total, q).toBe(1)
  for (const q of ['creme', 'EDITION']) expect((await listKeyConfigurations(me, { ...catalogue, q })).total, q).toBe(1)
  const page = { sort: 'createdAt', dir: 'asc', limit: 9 } as const
  expect(await listProductRecords(me, { status: 'all', q: 'CREME' }, page)).toHaveLength(1)
  expect(await listKeyConfigurationRecords(me, { status: 'all', q: 'edition' }, page)).toHaveLength(1)
  expect((await listProducts(me, { ...catalogue, q: 'nothing' })).total).toBe(0)
})

test('SQL folds as JavaScript does', async () => {
  const texts = [
    ...people.map(([name]) => name),
    'İIıi',
    'ΟΔΌΣ',
    'ﬁsh',
    'Ｗide',
    'Đặng',
    'Þór',
    'ŊŦĦ',
    'e\u0301\u0323',
    'ẞß',
    '한글',
    'か\u3099',
  ]
  for (const text of texts) {
    const [row] = await prisma.$queryRaw<
      { found: boolean }[]
    >`SELECT ${searchedSql([Prisma.sql`t.x`], foldForSearch(text))} AS found
      FROM (SELECT ${text}::text AS x) t`
    expect({ text, found: row?.found }).toEqual({ text, found: true })
  }
})

test('the database folds what it keeps as searches do', async () => {
  const words = [
    ...people.flat(),
    'ÀÉÎÕÜ ßẞ æÆ œŒ þÞ ﬁ ２',
    'Ёлка ΣΊΣΥΦΟΣ Ĳ ŉ',
    'a\u200Bb\u00ADc',
    'plain ASCII Words',
    '',
  ]
  const rows = await prisma.$queryRaw<{ words: string; folded: string }[]>`
    SELECT words, fold_for_search(words) AS folded FROM unnest(${words}::text[]) AS words`
  expect(rows.map(({ folded }) => folded)).toEqual(rows.map((row) => foldForSearch(row.words)))
})

test('rows that were there before are found before and after they are filled, and changes keep them right', async () => {
  const { organizationId } = me
  const own = { organizationId, name: 'Łukasz Żak' }
  const { id } = await prisma.customer.findFirstOrThrow({ where: own })
  const find = async (q: string) =>
    (
      await prisma.$queryRaw<{ id: string }[]>`SELECT id FROM customers u
        WHERE organization_id = ${organizationId}::uuid AND ${customerSearchSql(q)}`
    ).map((row) => row.id)
  const folded = async () => (await prisma.customer.findUniqueOrThrow({ where: { id } })).folded
  expect(await folded()).toBe('lukasz zak\nlz@x.example')
  await prisma.customer.update({ where: { id }, data: { folded: null } })
  expect(await find('LUKASZ zak')).toEqual([id])
  expect(await foldWords(10_000)).toBeGreaterThan(0)
  expect(await folded()).toBe('lukasz zak\nlz@x.example')
  await prisma.customer.update({ where: { id }, data: { name: 'Zoë' } })
  expect(await find('zoe')).toEqual([id])
  expect(await find('lukasz')).toEqual([])
})
