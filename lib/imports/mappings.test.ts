import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type Batch, collect } from './collect.ts'
import { lookAt, settingsFor, sourceOf } from './look.ts'
import { open } from './open.ts'
import { readerOf } from './read.ts'
import { storedState } from './rules.ts'
import type { ImportFile, ImportSettings } from './schema.ts'
import { doubtfulColumns, unusedColumns } from './unused-columns.ts'

// Small exports as each vendor hands them out, with what becomes of them.

process.env.LATCHKEY_SECRET ??= 'only-for-tests-only-for-tests-only-for-tests'
process.env.DATABASE_URL ??= 'postgresql://nobody@127.0.0.1:1/none'

const now = new Date('2026-11-24T12:00:00.000Z')
const bytes = (text: string) => Readable.from([Buffer.from(text)])

/** Reads files as an import would, up to where the database would be asked. */
async function readFiles(texts: string[], over: Partial<ImportSettings> = {}) {
  const looks = await Promise.all(texts.map((text) => lookAt(bytes(text))))
  const source = sourceOf(looks)
  const settings = { ...settingsFor(source, looks), ...over }
  // In an export we know, nothing is left to be asked.
  if (source !== 'custom') expect(doubtfulColumns(looks, settings)).toEqual([])
  const files = looks.map(({ format, kind }, i): ImportFile => ({ name: `${i}`, size: 1, parts: 1, format, kind }))
  const readFile = readerOf(files, (file) => open(bytes(texts[file] ?? '')), settings, 'UTC', now)
  const all: Omit<Batch, 'position'> = { keys: [], devices: [], problems: [], skipped: 0, merged: 0 }
  for await (const batch of collect(files, readFile, settings, 0)) {
    all.keys.push(...batch.keys)
    all.devices.push(...batch.devices)
    all.problems.push(...batch.problems)
    all.skipped += batch.skipped
    all.merged += batch.merged
  }
  return {
    source,
    looks,
    settings,
    ...all,
    drafts: all.keys.map(({ draft }) => ({ ...draft, status: storedState(draft, null).status })),
  }
}

/** What a source says of its keys, with the state that would be stored. */
const statesOf = (drafts: { key: string; status: string; reasons: string[] }[]) =>
  Object.fromEntries(drafts.map(({ key, status, reasons }) => [key, [status, ...reasons].join(' ')]))

const json = (value: unknown) => JSON.stringify(value, null, 1)
const uuid = (last: number) => `0f4f2e6c-8c3b-4c38-9c39-${String(last).padStart(12, '0')}`

describe('Polar', () => {
  const item = (n: number, over: object = {}) => ({
    ...{
      id: uuid(n),
      created_at: '2025-01-02T03:04:05Z',
      modified_at: null,
      organization_id: uuid(90),
      customer_id: uuid(50 + n),
    },
    customer: { id: uuid(50 + n), email: `P${n}@Example.com`, name: 'Pia', metadata: {} },
    ...{ benefit_id: uuid(70), key: `POLAR-${uuid(n).toUpperCase()}`, display_key: '****-ABCDEF', status: 'granted' },
    ...{
      limit_activations: 3,
      usage: 4,
      limit_usage: null,
      validations: 12,
      last_validated_at: null,
      expires_at: null,
    },
    activations: [
      {
        id: uuid(100 + n),
        license_key_id: uuid(n),
        label: 'iMac',
        meta: { ip: '1.2.3.4' },
        created_at: '2025-02-02T03:04:05.123456+00:00',
      },
    ],
    ...over,
  })

  test.each([
    ['a page', json({ items: [item(1), item(2)], pagination: { total_count: 2, max_page: 1 } })],
    ['a list of pages', json([{ items: [item(1)], pagination: {} }, { items: [item(2)] }])],
    ['a bare list', json([item(1), item(2)])],
    [
      'a page after another',
      `${json({ pagination: { max_page: 2 }, items: [item(1)] })}\n${json({ items: [item(2)] })}`,
    ],
    ['JSON lines', `${JSON.stringify(item(1))}\n${JSON.stringify(item(2))}\n`],
  ])('%s', async (_, text) => {
    const { source, drafts, problems } = await readFiles([text])
    expect(problems).toEqual([])
    expect(source).toBe('polar')
    expect(drafts).toHaveLength(2)
    expect(drafts[0]).toMatchObject({
      ...{ id: uuid(1), key: `POLAR-${uuid(1).toUpperCase()}`, status: 'granted', usage: 4, validations: 12 },
      customer: { email: 'p1@example.com', name: 'Pia', id: uuid(51) },
      ...{ activationLimit: 3, usageLimit: 'unlimited', expiresAt: null },
      activations: [
        { id: uuid(101), label: 'iMac', meta: { ip: '1.2.3.4' }, createdAt: new Date('2025-02-02T03:04:05.123Z') },
      ],
    })
  })

  test('a key without a limit takes no devices there', async () => {
    const { drafts } = await readFiles([
      json([item(1, { limit_activations: null, activations: [] }), item(2, { status: 'revoked' })]),
    ])
    expect(drafts.map(({ activationLimit, status }) => [activationLimit, status])).toEqual([
      ['off', 'granted'],
      [3, 'revoked'],
    ])
  })
})

describe('Dodo', () => {
  const keys = json({
    items: [
      {
        ...{
          id: 'lic_1',
          business_id: 'bus_1',
          brand_id: 'b',
          customer_id: 'cus_1',
          product_id: 'pdt_1',
          key: 'DODO-AAAA-0001',
        },
        ...{ status: 'active', created_at: '2025-01-02T03:04:05Z', activations_limit: null, expires_at: null },
        ...{ instances_count: 1, payment_id: 'pay_1', source: 'auto' },
      },
      {
        ...{ id: 'lic_2', business_id: 'bus_1', customer_id: 'cus_9', product_id: 'pdt_1', key: 'DODO-AAAA-0002' },
        ...{ status: 'disabled', created_at: '2025-01-02T03:04:05Z', activations_limit: 2, instances_count: 0 },
      },
    ],
  })
  const instances = json({
    items: [
      { id: 'lki_1', business_id: 'bus_1', license_key_id: 'lic_1', name: 'iMac', created_at: '2025-02-02T00:00:00Z' },
    ],
  })
  const people = json({
    items: [{ customer_id: 'cus_1', business_id: 'bus_1', email: 'dora@example.com', name: 'Dora' }],
  })

  test('keys, instances and customers come as three lists, in any order', async () => {
    const { source, looks, drafts, devices, problems } = await readFiles([instances, people, keys])
    expect([source, ...looks.map((look) => look.kind)]).toEqual(['dodo', 'activations', 'people', 'keys'])
    expect(drafts).toHaveLength(1)
    expect(drafts[0]).toMatchObject({
      ...{ id: 'lic_1', activationLimit: 'unlimited', expiresAt: null, order: 'pay_1', product: { text: 'pdt_1' } },
      customer: { email: 'dora@example.com', name: 'Dora', id: 'cus_1' },
    })
    expect(devices).toMatchObject([{ draft: { id: 'lki_1', label: 'iMac' } }])
    expect(problems).toMatchObject([{ at: 2, message: expect.stringContaining('no customer with the id') }])
  })
})

describe('Lemon Squeezy', () => {
  const attributes = {
    ...{
      store_id: 1,
      customer_id: 5,
      order_id: 6,
      order_item_id: 7,
      product_id: 8,
      user_name: 'Lea',
      user_email: 'lea@example.com',
    },
    ...{
      key: '80e15db5-c796-436b-850c-8f9c98a48abe',
      key_short: 'XXXX-8f9c98a48abe',
      activation_limit: null,
      instances_count: 1,
    },
    ...{ disabled: 0, status: 'inactive', expires_at: null, created_at: '2024-05-24T14:15:07.000000Z' },
  }
  const document = json({
    ...{ meta: { page: { currentPage: 1 } }, jsonapi: { version: '1.0' }, links: {} },
    data: [
      { type: 'license-keys', id: '1', attributes },
      {
        type: 'license-keys',
        id: '2',
        attributes: { ...attributes, key: 'a1e15db5-c796-436b-850c-8f9c98a48abf', disabled: 1, activation_limit: 5 },
      },
    ],
    included: [
      { type: 'stores', id: '1', attributes: { name: 'Shop' } },
      {
        type: 'license-key-instances',
        id: '9',
        attributes: { license_key_id: 1, identifier: uuid(7), name: 'iMac', created_at: '2024-06-01T00:00:00.000000Z' },
      },
    ],
  })

  test('a JSON:API document with instances beside it', async () => {
    const { source, drafts, devices, problems } = await readFiles([document])
    expect(problems).toEqual([])
    expect(source).toBe('lemonsqueezy')
    // There `inactive` means: on no device yet.
    expect(drafts.map(({ status, activationLimit, id }) => [status, activationLimit, id])).toEqual([
      ['granted', 'unlimited', '1'],
      ['disabled', 5, '2'],
    ])
    expect(drafts[0]).toMatchObject({
      customer: { email: 'lea@example.com', id: '5' },
      order: '6',
      product: { text: '8' },
    })
    expect(devices).toMatchObject([{ draft: { id: uuid(7), externalId: '9', label: 'iMac' } }])
  })

  test('a table', async () => {
    const { source, drafts, problems } = await readFiles([
      'key,status,activation_limit,user_name,user_email,product_name,order_id,expires_at,created_at\n' +
        'aaaa-1111-bbbb,expired,3,Lea,lea@example.com,Inkwell,77,2025-01-31T00:00:00Z,2024-01-31T00:00:00Z\n',
    ])
    expect([source, problems]).toEqual(['lemonsqueezy', []])
    expect(drafts[0]).toMatchObject({
      saysExpired: true,
      activationLimit: 3,
      product: { name: 'Inkwell' },
      order: '77',
    })
  })
})

describe('Gumroad', () => {
  const header =
    'Purchase ID,Item Name,Buyer Name,Purchase Email,Buyer Email,Purchase Date,Refunded?,Fully Refunded?,Product ID,Order Number,License Key,License Key Activation Count,License Key Enabled?'
  const sale = (key: string, refunded: number, enabled: string, email = 'gus@example.com') =>
    `abc==,Inkwell,Gus,${email},,2023-05-01,${refunded},${refunded},prod1,1001,${key},2,${enabled}`

  test('sales with and without a key, refunds, keys that are off, and the line of sums', async () => {
    const { source, drafts, skipped, problems } = await readFiles([
      [
        header,
        sale('0AAAAAAA-BBBBBBBB-CCCCCCCC-DDDDDDDD', 0, '1'),
        sale('', 0, ''),
        sale('1AAAAAAA-BBBBBBBB-CCCCCCCC-DDDDDDDD', 1, '1'),
      ]
        .concat(sale('2AAAAAAA-BBBBBBBB-CCCCCCCC-DDDDDDDD', 0, '0'), 'Totals,,,,,,,,,,,,')
        .join('\n'),
    ])
    expect([source, problems, skipped]).toEqual(['gumroad', [], 2])
    expect(drafts.map(({ status }) => status)).toEqual(['granted', 'revoked', 'disabled'])
    expect(drafts[0]).toMatchObject({
      ...{ usage: 2, order: '1001', product: { text: 'prod1', name: 'Inkwell' }, activationLimit: 'configuration' },
      ...{ customer: { email: 'gus@example.com', name: 'Gus' }, createdAt: new Date('2023-05-01T00:00:00.000Z') },
    })
  })

  // The header is Gumroad's own, with one custom field of the seller's at its end.
  test('the whole table of sales: refunds, chargebacks, ends, gifts, renewals, copies', async () => {
    const text = readFileSync(path.join(import.meta.dirname, 'gumroad-sales.csv'), 'utf8')
    const { source, looks, settings, drafts, skipped, merged, problems } = await readFiles([text])
    expect([source, problems, skipped, merged]).toEqual(['gumroad', [], 2, 4])
    expect(statesOf(drafts)).toEqual({
      'PAID0000-00000000-00000000-00000001': 'granted',
      'PARTLY00-00000000-00000000-00000002': 'granted',
      'REFUNDED-00000000-00000000-00000003': 'revoked refunded',
      'DISPUTED-00000000-00000000-00000004': 'revoked dispute',
      'WON00000-00000000-00000000-00000005': 'granted',
      'MEMBER00-00000000-00000000-00000006': 'granted',
      'ENDED000-00000000-00000000-00000007': 'revoked ended',
      'CANCELED-00000000-00000000-00000008': 'granted',
      'GIFT0000-00000000-00000000-00000009': 'granted',
      'COPIES00-00000000-00000000-00000010': 'granted',
      'RENEWED0-00000000-00000000-00000011': 'granted',
      'PREORDER-00000000-00000000-00000012': 'revoked pending',
      'CHARGED0-00000000-00000000-00000013': 'revoked dispute',
      'TRIAL000-00000000-00000000-00000014': 'granted',
      'TAKEN000-00000000-00000000-00000015': 'revoked by_hand',
    })
    const of = (word: string) => drafts.find(({ key }) => key.startsWith(word))
    // The first sale counts, wherever the renewals stand.
    expect(of('MEMBER')).toMatchObject({
      order: '1006',
      isSubscription: true,
      createdAt: new Date('2025-02-01T10:00:00Z'),
    })
    // Of a subscription whose first sale is not among them, the oldest payment.
    expect(of('RENEWED')).toMatchObject({ order: '1011', isSubscription: true })
    expect(of('CANCELED')?.expiresAt).toEqual(new Date('2027-03-31T23:59:59.999Z'))
    // Whoever paid is neither the customer nor called like them.
    expect(of('GIFT')).toMatchObject({ customer: { email: 'lucky@example.com', name: null, id: null } })
    expect(of('COPIES')).toMatchObject({ quantity: 3, isSubscription: false })
    expect(of('PAID')).toMatchObject({ product: { text: 'quill', name: 'Quill Pro' }, order: '1001' })
    expect(doubtfulColumns(looks, settings)).toEqual([])
    expect(unusedColumns(looks, settings).map(({ name }) => name)).toContain('What do you use?')
  })

  test.each([
    [{ refunded: true }, 'revoked refunded'],
    [{ refunded: false, partially_refunded: true }, 'granted'],
    [{ disputed: true, dispute_won: false }, 'revoked dispute'],
    [{ disputed: true, dispute_won: true }, 'granted'],
    [{ chargebacked: true }, 'revoked dispute'],
    [{ chargedback: true }, 'revoked dispute'],
    [{ subscription_id: 's', dead: true, ended: true }, 'revoked ended'],
    [{ subscription_id: 's', dead: false, ended: false, cancelled: false }, 'granted'],
    [{ subscription_ended_at: '2026-01-01T00:00:00Z' }, 'revoked ended'],
    [{ subscription_ended_at: null, subscription_cancelled_at: '2026-01-01T00:00:00Z' }, 'revoked ended'],
    [{ subscription_ended_at: null, subscription_failed_at: '2026-01-01T00:00:00Z' }, 'revoked ended'],
    [{ subscription_ended_at: null, subscription_cancelled_at: '2027-01-01T00:00:00Z' }, 'granted'],
    [{ license_disabled: true }, 'disabled'],
    [{ is_preorder_authorization: true }, 'revoked pending'],
  ])('a sale of the API with %j is %s', async (over, state) => {
    const sale = {
      ...{ id: 's1', email: 'gus@example.com', seller_id: 'x', product_id: 'p', product_name: 'Quill' },
      ...{ created_at: '2023-05-01T10:00:00Z', license_key: 'ABCD-EFGH-0001', order_id: 5, ...over },
    }
    const { drafts, problems, looks, settings } = await readFiles([json({ success: true, sales: [sale] })])
    expect([problems, doubtfulColumns(looks, settings)]).toEqual([[], []])
    expect(statesOf(drafts)).toEqual({ 'ABCD-EFGH-0001': state })
  })

  test('renewals of the API come first, gifts are the receiver’s', async () => {
    const sale = (order_id: number, over: object) => ({
      ...{ id: `s${order_id}`, email: 'payer@example.com', full_name: 'Payer', seller_id: 'x', product_id: 'p' },
      ...{
        created_at: `2025-0${order_id}-01T10:00:00Z`,
        license_key: 'ABCD-EFGH-0001',
        quantity: 2,
        order_id,
        ...over,
      },
    })
    const { drafts, merged, problems } = await readFiles([
      json({
        sales: [
          sale(3, { recurring_charge: true, subscription_id: 'sub' }),
          sale(2, { recurring_charge: true, subscription_id: 'sub', disputed: true, dispute_won: false }),
          sale(1, { recurring_charge: false, subscription_id: 'sub' }),
          sale(4, { license_key: 'GIFT-0001-0001', gift_receiver_email: 'lucky@example.com' }),
        ],
      }),
    ])
    expect([problems, merged]).toEqual([[], 2])
    expect(statesOf(drafts)).toEqual({ 'ABCD-EFGH-0001': 'revoked dispute', 'GIFT-0001-0001': 'granted' })
    expect(drafts).toMatchObject([
      { order: '1', isSubscription: true, quantity: 2 },
      { customer: { email: 'lucky@example.com', name: null } },
    ])
  })

  test('sales of the API', async () => {
    const { source, drafts } = await readFiles([
      json({
        success: true,
        sales: [
          {
            ...{
              id: 's1',
              email: 'gus@example.com',
              seller_id: 'x',
              product_id: 'p',
              product_name: 'Inkwell',
              refunded: false,
            },
            ...{
              created_at: '2023-05-01T10:00:00Z',
              license_key: 'ABCD-EFGH-0001',
              license_disabled: true,
              order_id: 5,
            },
          },
        ],
      }),
    ])
    expect(source).toBe('gumroad')
    expect(drafts[0]).toMatchObject({ status: 'disabled', order: '5', product: { name: 'Inkwell' } })
  })
})

describe('Keygen', () => {
  test('licenses, machines and users', async () => {
    const license = (n: number, over: object) => ({
      ...{ type: 'licenses', id: uuid(n) },
      attributes: {
        ...{
          name: 'Kim',
          key: `KEYGEN-${n}-AAAA`,
          expiry: '2027-01-01T00:00:00.000Z',
          status: 'ACTIVE',
          uses: 3,
          suspended: false,
        },
        ...{ maxMachines: 5, maxUses: null, metadata: {}, created: '2024-01-01T00:00:00.000Z', ...over },
      },
      relationships: {
        owner: { data: { type: 'users', id: uuid(40) } },
        product: { data: { type: 'products', id: uuid(60) } },
      },
    })
    const machine = {
      ...{ type: 'machines', id: uuid(80) },
      attributes: {
        fingerprint: 'fp-1',
        name: null,
        hostname: 'kims-mac',
        metadata: { os: 'mac' },
        created: '2024-02-01T00:00:00.000Z',
      },
      relationships: { license: { data: { type: 'licenses', id: uuid(1) } } },
    }
    const user = {
      type: 'users',
      id: uuid(40),
      attributes: { email: 'kim@example.com', fullName: 'Kim K', role: 'user' },
    }
    const { source, drafts, devices, problems } = await readFiles([
      json({
        data: [
          license(1, {}),
          license(2, { status: 'SUSPENDED', suspended: true, maxMachines: null }),
          license(3, { status: 'BANNED' }),
        ],
      }),
      json({ data: [machine] }),
      json({ data: [user] }),
    ])
    expect([source, problems]).toEqual(['keygen', []])
    expect(drafts.map(({ status, activationLimit }) => [status, activationLimit])).toEqual([
      ['granted', 5],
      ['disabled', 'unlimited'],
      ['revoked', 5],
    ])
    expect(drafts[0]).toMatchObject({ id: uuid(1), usage: 3, customer: { email: 'kim@example.com' } })
    expect(devices).toMatchObject([
      { of: { id: uuid(1) }, draft: { id: uuid(80), label: 'kims-mac', fingerprint: 'fp-1', meta: { os: 'mac' } } },
    ])
    // Whoever comes first in a file of everything, nothing behind them is passed over.
    const mixed = await readFiles([json({ data: [user, license(1, {}), machine] })])
    expect([mixed.drafts.length, mixed.devices.length, mixed.problems]).toEqual([1, 1, []])
  })
})

describe('any table', () => {
  test.each([
    ['semicolons', 'Key;E-Mail\nAAAA-1111;a@example.com\n'],
    ['tabs', 'key\temail\nAAAA-1111\ta@example.com'],
    ['a byte order mark and Windows lines', '\uFEFFkey,email\r\nAAAA-1111,a@example.com\r\n'],
    ['quotes', '"key","email"\n"AAAA-1111","a@example.com"\n'],
    ['empty lines', 'key,email\n\nAAAA-1111,a@example.com\n\n'],
  ])('with %s', async (_, text) => {
    const { source, drafts } = await readFiles([text])
    expect(source).toBe('custom')
    expect(drafts).toMatchObject([{ key: 'AAAA-1111', customer: { email: 'a@example.com' } }])
  })

  test('without a header, columns have numbers and no key becomes a name', async () => {
    const { looks, settings } = await readFiles([
      'AAAA-1111-2222-3333,a@example.com\nBBBB-1111-2222-3333,b@example.com\n',
    ])
    expect(looks[0]?.columns.keys.map(({ name }) => name)).toEqual(['Column 1', 'Column 2'])
    expect(settings.columns.keys).toEqual({})
  })

  test('samples of keys are masked', async () => {
    const { looks } = await readFiles(['License Key,email\nAAAA-1111-2222-3333,a@example.com\n'])
    expect(JSON.stringify(looks)).not.toContain('AAAA-1111')
    expect(JSON.stringify(looks)).toContain('a@example.com')
  })

  test('several lines of one key are its devices; without devices they are a mistake', async () => {
    const lines =
      'key,email,device\nAAAA-1111,a@example.com,iMac\nBBBB-1111,b@example.com,\nAAAA-1111,a@example.com,ThinkPad\nBBBB-1111,b@example.com,\n'
    const { drafts, devices, problems } = await readFiles([lines])
    expect(drafts.map(({ activations }) => activations.map(({ label }) => label))).toEqual([['iMac'], []])
    expect(devices.map(({ draft }) => draft.label)).toEqual(['ThinkPad'])
    expect(problems).toMatchObject([{ at: 5, message: expect.stringContaining('stands before, at 3') }])
  })
})

test.each([
  ['an unclosed quote', 'key,email\n"AAAA,a@example.com\n', 'quotation mark'],
  ['broken JSON', '[{"key":"a","email":}]', 'not valid JSON'],
  ['JSON that ends early', '[{"key":"a"', 'ends in the middle'],
  ['bytes', 'PK\u0003\u0004\u0000\u0000', 'neither'],
  ['nothing', ' \n', 'empty'],
])('%s is said in a sentence', async (_, text, sentence) => {
  await expect(readFiles([text])).rejects.toThrow(sentence)
})
