import { expect, test } from 'vitest'
import type { Member, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { activate, deactivate, validate } from '../license-calls/calls.ts'
import { listLicenseKeys } from '../license-keys/list.ts'
import { lookUpKeys } from '../license-keys/look-up.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { foldKeys } from './fold.ts'
import { foldKeyString, isStrongFolded, keyStringColumns, makeKeyString } from './string.ts'

const now = new Date('2026-11-28T12:00:00.000Z')
const software: Software = { kind: 'software', address: null }

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: `${organizationId}@test.example` } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Pro' } })
  const own = { organizationId, customerId: customer.id, keyConfigurationId: configuration.id }
  const merchant: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  }
  return {
    organizationId,
    merchant,
    add: async (keyString: string) =>
      (await prisma.licenseKey.create({ data: { ...own, ...keyStringColumns(keyString, null), updatedAt: now } })).id,
    check: (key: string) => validate(software, { key, organization_id: organizationId }, new Date()),
  }
}
const world = await shop()

const digits = (length: number) => Array.from({ length }, () => Math.floor(Math.random() * 10)).join('')
const letters = (length: number, of: string) =>
  Array.from({ length }, () => of[Math.floor(Math.random() * of.length)]).join('')
const HEX = '0123456789abcdef'
const MIXED = 'ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz23456789'

/** Keys of every kind, one of each for the whole file. */
const keys = {
  uuid: `MYAPP_${makeKeyString('uuid', null)}`,
  'uuid without prefix': makeKeyString('uuid', null),
  short: makeKeyString('short', 'MY-APP'),
  'short without prefix': makeKeyString('short', null),
  'hex from elsewhere': `0a1b${letters(36, HEX)}`,
  'groups from elsewhere': `${letters(5, MIXED)}-${letters(5, MIXED)}-0A1bO-${letters(5, MIXED)}`,
  'digits from elsewhere': `10${digits(8)}-${digits(8)}`,
  'with a prefix from elsewhere': `cus_${letters(20, MIXED)}`,
}
for (const key of Object.values(keys)) await world.add(key)

const middle = (key: string, insert: string) => {
  const at = Math.floor(key.length / 2)
  return key.slice(0, at) + insert + key.slice(at)
}
const around =
  (before: string, behind = before) =>
  (key: string) =>
    before + key + behind

const spellings: [string, (key: string) => string][] = [
  // Of the list of faults.
  ['a right-to-left mark before it', (key) => `\u200F${key}`],
  ['an embedding around it', around('\u202A', '\u202C')],
  ['an isolate around it', around('\u2066', '\u2069')],
  ['a variation selector in it', (key) => middle(key, '\uFE0F')],
  ['a variation selector of the second plane behind it', (key) => `${key}\u{E0100}`],
  ['an Arabic letter mark before it', (key) => `\u061C${key}`],
  ['a Mongolian vowel separator in it', (key) => middle(key, '\u180E')],
  ['a Hangul filler before it', (key) => `\u3164${key}`],
  ['a Hangul choseong filler in it', (key) => middle(key, '\u115F')],
  ['a combining grapheme joiner in it', (key) => middle(key, '\u034F')],
  ['a blank of braille behind it', (key) => `${key}\u2800`],
  ['an invisible times in it', (key) => middle(key, '\u2062')],
  ['a tag in it', (key) => middle(key, '\u{E0041}')],
  ['a blank in a group', (key) => middle(key, ' ')],
  ['a line break in a group', (key) => middle(key, '\r\n')],
  ['straight quotes', around('"')],
  ['typographic quotes', around('“', '”')],
  ['German quotes', around('„', '“')],
  ['guillemets', around('«', '»')],
  ['guillemets with no-break blanks', around('«\u00A0', '\u00A0»')],
  ['inward guillemets', around('»', '«')],
  ['backticks', around('`')],
  ['single quotes', around("'")],
  ['typographic single quotes', around('‘', '’')],
  ['License key: K', around('License key: ', '')],
  ['Your license: K', around('Your license: ', '')],
  ['Key=K', around('Key=', '')],
  ['a full stop behind it', around('', '.')],
  ['small letters', (key) => key.toLowerCase()],
  ['capital letters', (key) => key.toUpperCase()],
  ['O for 0', (key) => key.replaceAll('0', 'O')],
  ['l for 1', (key) => key.replaceAll('1', 'l')],
  ['I for 1', (key) => key.replaceAll('1', 'I')],
  // More of the kind.
  ['a label in German', around('Ihr Lizenzschlüssel lautet: ', '')],
  ['a label in French', around('Clé de licence : ', '')],
  ['a label in French, decomposed', around('Votre cle\u0301 : ', '')],
  ['a label in Spanish', around('Clave de licencia: ', '')],
  ['a label in Italian', around('Chiave di licenza: ', '')],
  ['a label in Portuguese', around('Chave de licença: ', '')],
  ['a label in Dutch', around('Licentiesleutel: ', '')],
  ['a label in Polish', around('Klucz licencyjny: ', '')],
  ['a label in Russian', around('Лицензионный ключ: ', '')],
  ['a label in Japanese', around('ライセンスキー：', '')],
  ['a label in Chinese', around('许可证密钥：', '')],
  ['a label and a line break', around('License Key:\r\n\r\n', '\r\n')],
  ['a label without a colon', around('License key ', '')],
  ['a label with a number sign', around('Serial #: ', '')],
  ['a label with an equals sign and quotes', around('LICENSE_KEY="', '"')],
  ['a line of JSON', around('"license_key": "', '",')],
  ['a line of Ruby', around(":key => '", "'")],
  ['two labels', around('Order: License key: ', '')],
  ['a label, typographic quotes and a full stop', around('Your license key: “', '”.')],
  ['square brackets', around('[', ']')],
  ['angle brackets', around('<', '>')],
  ['parentheses', around('(', ')')],
  ['corner brackets', around('「', '」')],
  ['emphasis of Markdown', around('**')],
  ['a bullet', around('• ', '')],
  ['a mark of quoting', around('> ', '')],
  ['a quoted line break', (key) => middle(key, '\n> ')],
  ['an exclamation mark', around('', '!')],
  ['an ideographic full stop', around('', '。')],
  ['a comma', around('', ',')],
  ['a semicolon and a blank', around('', ' ;')],
  ['dots behind it', around('', '…')],
  ['a tab in it', (key) => middle(key, '\t')],
  ['a no-break blank in it', (key) => middle(key, '\u00A0')],
  ['a thin blank in it', (key) => middle(key, '\u2009')],
  ['a hyphen of a line break', (key) => middle(key, '-\n')],
  ['dots of Turkish', (key) => key.replaceAll('I', 'İ').replaceAll('1', 'ı')],
  ['Cyrillic letters', (key) => key.replaceAll('A', 'А').replaceAll('C', 'С').replaceAll('E', 'Е')],
  ['full-width characters', (key) => key.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
  ['figure dashes', (key) => key.replaceAll('-', '‒')],
  ['no dashes at all', (key) => key.replaceAll('-', '')],
  ['a next-line character behind it', around('', '\u0085')],
]

test.each(spellings)('%s', async (_is, spell) => {
  for (const [kind, key] of Object.entries(keys)) {
    const typed = spell(key)
    const { verdict, key: found } = await world.check(typed)
    expect({ kind, typed, code: verdict.code, key: found?.keyString }).toEqual({ kind, typed, code: 'VALID', key })
  }
})

test('all three calls, the list and the API find what was meant', async () => {
  const key = makeKeyString('uuid', 'TEST')
  const id = await world.add(key)
  const typed = `License key: “${middle(key.toLowerCase(), ' ')}”.`
  const call = { key: typed, organization_id: world.organizationId }
  const { activation } = await activate(software, { ...call, label: 'Mac', fingerprint: 'mac' }, now)
  expect(activation).toMatchObject({ licenseKeyId: id })
  const checked = await validate(software, { ...call, fingerprint: 'mac', increment_usage: 2 }, now)
  expect(checked).toMatchObject({ verdict: { code: 'VALID' }, key: { id, keyString: key, usage: 2, validations: 1 } })
  expect(await validate(software, call, now, 'once')).toMatchObject({
    verdict: { code: 'VALID' },
    key: { validations: 2 },
  })
  expect(await validate(software, call, now, 'once')).toMatchObject({
    verdict: { code: 'VALID' },
    key: { validations: 2 },
  })
  const gone = await deactivate(software, { ...call, activation_id: activation?.id as string }, now)
  expect(gone).toMatchObject({ verdict: { code: 'DEACTIVATED' }, key: { keyString: key } })
  const list = { page: 1, size: 10, sort: 'createdAt', dir: 'asc' } as const
  expect(await listLicenseKeys(world.merchant, { q: typed }, list, now)).toMatchObject({ total: 1, keys: [{ id }] })
  expect(await lookUpKeys(world.merchant, typed, 9)).toMatchObject([
    { licenseKeyId: id, matchedBy: 'key', replaced: false },
  ])
  // Without an organization, as vendors' clients ask.
  expect(await validate(software, { key: typed, organization_id: null }, now)).toMatchObject({ key: { id } })
})

test('known, meant and unknown keys of one batch each get their own answer', async () => {
  const { uuid, short } = keys
  const ask = (key: string, i: number) =>
    activate(software, { key, organization_id: world.organizationId, label: `Mac ${i}`, fingerprint: `mac-${i}` }, now)
  const sent = [uuid, `"${uuid}"`, makeKeyString('uuid', 'MYAPP'), short.toLowerCase(), `Key=${short}`, 'nothing']
  const answers = await Promise.all(sent.map(ask))
  expect(answers.map(({ verdict }) => verdict.code)).toEqual([
    'ACTIVATED',
    'ACTIVATED',
    'NOT_FOUND',
    'ACTIVATED',
    'ACTIVATED',
    'NOT_FOUND',
  ])
})

test('two keys that fold alike are each found as they are written, and neither otherwise', async () => {
  const here = await shop()
  const pairs = [
    ['abcDEfgh-JKmn-2345', 'ABCdeFGH-jkMN-2345'],
    ['a0b0c0d0e0f0a1b2c3d4', 'aObOcOdOeOfOa1b2c3d4'],
    ['QWER-TZUI-OPAS-DFGH', 'QWERTZUIOPASDFGH'],
    ['key_one.two.three+4567', 'KEY-ONE.TWO.THREE+4567'],
  ] as const
  for (const [one, other] of pairs) {
    const ids = [await here.add(one), await here.add(other)]
    const found = await Promise.all([one, other, `"${one}"`, `License key: ${other}.`].map(here.check))
    expect(found.map(({ key }) => key?.id)).toEqual([ids[0], ids[1], ids[0], ids[1]])
    const unclear = middle([...one].map((c, i) => (i % 2 ? c.toLowerCase() : c.toUpperCase())).join(''), ' ')
    expect(await here.check(unclear)).toMatchObject({
      verdict: { code: 'NOT_FOUND', detail: expect.stringContaining('typing mistake') },
      key: null,
    })
    const device = { label: 'Mac', organization_id: here.organizationId }
    expect(await activate(software, { ...device, key: unclear }, now)).toMatchObject({
      verdict: { code: 'NOT_FOUND', detail: expect.stringContaining('typing mistake') },
    })
    expect(await lookUpKeys(here.merchant, unclear, 9)).toEqual([])
  }
})

test('what must not be found is not', async () => {
  const here = await shop()
  await here.add('AbCd1234')
  await here.add('1234-5678-90')
  await here.add('aaaa-aaaa-aaaa-aaaa-aaaa')
  await here.add('ABCD+EFGH+JKMN+PQRS')
  const uuid = makeKeyString('uuid', 'TEST')
  await here.add(uuid)
  const wrong = [
    // Too short, or of too few characters, to be sure.
    ...['abcd1234', 'ABCD1234', 'AbCdl234', 'AbCd 1234', '123456789O', '1234567890', 'AAAAAAAAAAAAAAAAAAAA'],
    // Marks inside a key belong to it.
    ...['ABCD/EFGH/JKMN/PQRS', 'ABCDEFGHJKMNPQRS', 'ABCD-EFGH-JKMN-PQRS'],
    // Another key, or none.
    ...[uuid.slice(0, -1), `${uuid}0`, uuid.slice(5), `OTHER_${uuid.slice(5)}`, `${uuid}\n${uuid}`],
    ...[`${uuid} and ${makeKeyString('uuid', 'TEST')}`, `Password: ${uuid}`, `https://x.example/?key=${uuid}`],
    ...[keys.uuid, keys.short, 'License key:', '""', '...', 'License key: ', '\u200F', '-', `${'('.repeat(500)}`],
  ]
  for (const key of wrong)
    expect({ key, code: (await here.check(key)).verdict.code }).toEqual({ key, code: 'NOT_FOUND' })
  // But quotes and labels are taken off a short key too.
  for (const key of ['"AbCd1234"', 'License key: AbCd1234.', '(1234-5678-90)', '\u200FAbCd1234\u202C'])
    expect({ key, code: (await here.check(key)).verdict.code }).toEqual({ key, code: 'VALID' })
})

test('an old string that is still good is found as it was meant, and shown as it was sent', async () => {
  const here = await shop()
  const old = makeKeyString('short', 'TEST')
  const id = await here.add(old)
  const at = new Date()
  const device = { organization_id: here.organizationId, label: 'Mac', fingerprint: 'mac' }
  await activate(software, { ...device, key: old }, at)
  await rotateLicenseKey(here.merchant, { licenseKeyId: id, overlapHours: 24 }, new Date(at.getTime() + 1_000))
  const typed = `“${middle(old.toLowerCase(), '\n')}”`
  const checked = await validate(software, { ...device, key: typed, fingerprint: 'mac' }, new Date())
  expect(checked).toMatchObject({ verdict: { code: 'VALID' }, key: { id, keyString: typed } })
  expect(await validate(software, { organization_id: here.organizationId, key: typed }, new Date())).toMatchObject({
    verdict: { valid: false },
  })
})

test('keys that were there before are filled in, in pieces, and found from then on', async () => {
  const here = await shop()
  const strings = Array.from({ length: 7 }, (_, i) =>
    i % 2 ? makeKeyString('uuid', 'OLD') : `old-${letters(24, MIXED)}`,
  )
  for (const each of strings) await here.add(each)
  // As an earlier version stored them.
  await pool.query('UPDATE license_keys SET folded_hash = NULL WHERE organization_id = $1', [here.organizationId])
  const typed = strings.map((each) => `"${middle(each, ' ')}"`)
  for (const key of typed) expect((await here.check(key)).verdict.code).toBe('NOT_FOUND')
  await foldKeys(20_000)
  for (const key of typed) expect((await here.check(key)).verdict.code).toBe('VALID')
  expect(await prisma.licenseKey.count({ where: { organizationId: here.organizationId, foldedHash: null } })).toBe(0)
})

test('what an import brings is stored without what nobody sees', async () => {
  const here = await shop()
  await here.add('\u200F\u2066key-AbCdEfGh\uFE0F-12345678\u2069 ')
  expect(await here.check('key-AbCdEfGh-12345678')).toMatchObject({ key: { keyString: 'key-AbCdEfGh-12345678' } })
})

test('folded forms stand for enough guesses', () => {
  for (const key of Object.values(keys)) expect(isStrongFolded(foldKeyString(key)), key).toBe(true)
  for (const key of ['abc', '12345678', '1234567890', 'ABCDEF123456'.slice(0, 11), '0000000000000000000000'])
    expect(isStrongFolded(foldKeyString(key)), key).toBe(false)
})
