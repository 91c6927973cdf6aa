import { expect, test } from 'vitest'
import { keyShapeOf, whyDamaged, whyNoKey, whyNotWhole, whyNoValue } from './damaged-cells.ts'
import { habitsOf } from './mappings.ts'
import { readRecord } from './read.ts'
import type { ImportSettings } from './schema.ts'

test.each([
  ['1.23457E+15', 'rounded number'],
  ['1,23457E+15', 'rounded number'],
  ['1.2E+3', 'rounded number'],
  ['9E-05', 'rounded number'],
  ['-4.5E+20', 'rounded number'],
  ['12E+10', 'rounded number'],
  ['1.5E10', 'rounded number'],
  ['#N/A', 'an error'],
  ['#REF!', 'an error'],
  ['#VALUE!', 'an error'],
  ['#NAME?', 'an error'],
  ['#DIV/0!', 'an error'],
  ['#NUM!', 'an error'],
  ['#NULL!', 'an error'],
  ['#SPILL!', 'an error'],
  ['#NV', 'an error'],
  ['#BEZUG!', 'an error'],
  ['#WERT!', 'an error'],
  ['#ÜBERLAUF!', 'an error'],
  ['#VALEUR!', 'an error'],
  ['#¡REF!', 'an error'],
  ['#¿NOMBRE?', 'an error'],
  ['#RIF!', 'an error'],
  ['#WAARDE!', 'an error'],
  ['########', 'too narrow'],
  ['###', 'too narrow'],
  ['TRUE', 'true or false'],
  ['false', 'true or false'],
  ['WAHR', 'true or false'],
  ['FAUX', 'true or false'],
  ['=A1', 'formula'],
  ['=VLOOKUP(A2,Keys!A:B,2,FALSE)', 'formula'],
  ['=CONCATENATE("AB","CD")', 'formula'],
  ['+SUM(A1:A3)', 'formula'],
  ['@INDIRECT("A1")', 'formula'],
  ['2026-03-01', 'a date'],
  ['2026-03-01 00:00:00', 'a date'],
  ['01.03.2026', 'a date'],
  ['3/1/26', 'a date'],
  ['1-Mar', 'a date'],
  ['01-Mar-2026', 'a date'],
  ['Mar-26', 'a date'],
  ['1. Mrz', 'a date'],
  ['01. Okt 26', 'a date'],
  ['1-déc', 'a date'],
  ['March 1, 2026', 'a date'],
  ['12:30', 'a date'],
  ['12345678.00', 'a number'],
  ['1,234,567,890', 'a number'],
  ['1.234.567.890', 'a number'],
  ['ABCD-12\uFFFD4', 'UTF-8'],
])('%s is no key', (text, why) => expect(whyNoKey(text)).toContain(why))

test.each([
  ...['ABCD-1234-EFGH-5678', '80e15db5-c796-436b-850c-8f9c98a48abe', '0AAAAAAA-BBBBBBBB-CCCCCCCC-DDDDDDDD'],
  ...[
    '1234567890123456',
    '12345E10',
    '1E5',
    '4E12-77AB',
    'TRUE-1234',
    'MARCH1',
    'MAY-2026-PRO',
    '#12345',
    'A=B',
    '+1-555',
  ],
  ...['2026-KEY-03', '1234-12-12', 'SEP-4711', '00012345', 'ey.J0eXAi.OiJK=', '12-34-5678', '#REFUND10', '123.456.7'],
])('%s may be one', (text) => expect(whyNoKey(text)).toBeNull())

test('other values say what a spreadsheet did to them', () => {
  expect(['#N/A', '####', '=B2', '1.23E+5', '45992'].map((text) => whyDamaged(text) !== null)).toEqual(
    Array.from({ length: 5 }, () => true),
  )
  expect(['45', '2026', 'Ada', '-1', '1000'].map(whyDamaged)).toEqual(Array.from({ length: 5 }, () => null))
  expect(whyNoValue('a@example.com')).toBeNull()
})

test('zeros that are gone show beside keys that have them', () => {
  const padded = keyShapeOf(['00012345', '12345678', '00450001', '99450001'])
  expect(whyNotWhole('12345', padded)).toContain('5 digits where the others have 8')
  expect(whyNotWhole('87654321', padded)).toBeNull()
  const cut = keyShapeOf([...Array.from({ length: 9 }, (_, i) => `98765432101${i}`), '8765432101'])
  expect(whyNotWhole('8765432101', cut)).toContain('leading zeros')
  // Running numbers, words among them, keys of several lengths.
  for (const keys of [
    ['998', '999', '1000', '1001', '1002'],
    ['00012345', 'A1234567'],
    ['0012', '00123', '001234'],
  ])
    expect(whyNotWhole('7', keyShapeOf(keys))).toBeNull()
  const rounded = keyShapeOf(['4111111111111110', '4222222222222220', '4333333333333330'])
  expect(whyNotWhole('4111111111111110', rounded)).toContain('15 digits')
  expect(whyNotWhole('4111111111111110', keyShapeOf(['4111111111111110', '4222222222222225', '1']))).toBeNull()
})

test('a record says which of its cells is damaged, and a cell written as text is whole', () => {
  const now = new Date('2026-11-24T12:00:00.000Z')
  const settings: ImportSettings = {
    source: 'custom',
    columns: {
      keys: {
        key: 'key',
        email: 'email',
        order: 'order',
        expiresAt: 'expires',
        activationLimit: 'devices',
        note: 'note',
      },
      activations: {},
      people: {},
    },
    ...{ keyConfigurationId: null, productId: null, createProducts: false, dateOrder: null },
    ...{ zeroDevices: null, inactive: null, ignored: [] },
  }
  const read = (record: Record<string, string>) =>
    readRecord('keys', (name) => record[name], settings, habitsOf(settings), now)
  const bad = read({
    ...{ key: '1.23457E+15', email: '#N/A', order: '#REF!', expires: '########', devices: '=B2', note: '=1+1' },
  })
  const text = bad.is === 'problem' ? bad.messages.join('\n') : ''
  for (const what of [
    'rounded number',
    'Customer e-mail: “#N/A”',
    'Order number: “#REF!”',
    'Expires: “####”',
    'Device limit',
  ])
    expect(text).toContain(what)
  expect(text).not.toContain('Note')
  expect(read({ key: JSON.parse('12345678901234567890') as string, email: 'a@example.com' })).toMatchObject({
    messages: [expect.stringContaining('more digits than JSON keeps')],
  })
  expect(read({ key: 'GOOD-KEY-0001', email: 'a@example.com', note: '=1+1' })).toMatchObject({ is: 'key' })
})
