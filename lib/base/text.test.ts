import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPlaceholder, withoutInvisible } from './plain-text.ts'
import {
  emailOnTheWire,
  emailToFind,
  fingerprintOf,
  foldForSearch,
  objectOf,
  readEmail,
  readSentEmail,
  tidyLabel,
  tidyLine,
  tidyName,
  tidyParagraphs,
  withLettersOfDomains,
} from './text.ts'

describe('what cannot be seen', () => {
  // One of each block that Unicode has for such characters.
  const invisible = [
    ...[0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180e, 0x180f, 0x200b, 0x200c],
    ...[0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064],
    ...[0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f, 0x2800, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9],
    ...[0xfffb, 0x1d173, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xe01ef],
  ].map((code) => String.fromCodePoint(code))
  test.each(invisible.map((character) => [`U+${character.codePointAt(0)?.toString(16)}`, character]))(
    '%s goes',
    (_, c) => expect(withoutInvisible(`${c}A${c}${c}B${c}`)).toBe('AB'),
  )
  test('all of the category of format characters', () => {
    for (let code = 0; code < 0x110000; code++) {
      const character = String.fromCodePoint(code)
      if (/\p{Cf}|\p{Variation_Selector}/u.test(character))
        expect(withoutInvisible(character), code.toString(16)).toBe('')
    }
  })
  test('what can be seen stays', () => {
    for (const text of ['License-Key_42', 'José', 'ключ', '鍵', '🔑', 'a b', '٣', 'e\u0301'])
      expect(withoutInvisible(text)).toBe(text)
  })
})

describe('labels and names', () => {
  test.each([
    ['', 'Device'],
    ['   ', 'Device'],
    ['\t\r\n', 'Device'],
    ['\u200B\u200B', 'Device'],
    ['\u2800', 'Device'],
    ['\u3164\u3164', 'Device'],
    ['\u00A0\u2003', 'Device'],
    ['\u202E', 'Device'],
    ['\u2066\u2069', 'Device'],
    ['\uFE0F', 'Device'],
    ['\u0000\u0007', 'Device'],
    ['  Studio iMac ', 'Studio iMac'],
    ['evil\u202Egpj.exe', 'evilgpj.exe'],
    ['\u2067Mac\u2069', 'Mac'],
    ['\u200FMac\u200E', 'Mac'],
    ['Mac\u0000Book', 'MacBook'],
    ['Mac\u001B[31mBook', 'Mac[31mBook'],
    ['Mac\nBook', 'Mac Book'],
    ['Mac\u2028Book', 'Mac Book'],
    ['Jose\u0301’s Mac', 'José’s Mac'],
    ['👩\u200D💻 laptop', '👩\u200D💻 laptop'],
    ['می\u200Cخواهم', 'می\u200Cخواهم'],
    [
      '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} PC',
      '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} PC',
    ],
    ['\u{E0041}\u{E0042}PC', 'PC'],
    ['\uFEFFMac', 'Mac'],
  ])('%j is %j', (text, label) => expect(tidyLabel(text)).toBe(label))

  test('names and notes', () => {
    expect(tidyName(' Zoe\u0308 \u202Eo\u202C ')).toBe('Zoë o')
    expect(tidyName('\u200B')).toBe('')
    expect(tidyParagraphs('a\r\nb\u202E\rc\u0000\n\n')).toBe('a\nb\nc')
    expect(tidyParagraphs('\u200B\n\u2800')).toBe('')
  })

  test('tidied twice is tidied once, no longer, and never disorderly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        for (const tidy of [tidyLabel, tidyLine, tidyName, tidyParagraphs]) {
          const once = tidy(text)
          expect(tidy(once)).toBe(once)
          expect(once).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

test('an empty list is an empty object, and no other is', () => {
  expect(objectOf([])).toEqual({})
  for (const value of [{}, { a: 1 }, [1], [[]], null, '', 0, undefined]) expect(objectOf(value)).toBe(value)
})

describe('fingerprints', () => {
  test.each([
    ...['Default string', 'default string', 'DEFAULT STRING', ' Default  string ', 'To be filled by O.E.M.'],
    ...['To Be Filled By O.E.M', 'TO BE FILLED BY OEM', 'None', 'none', 'null', 'NULL', '(null)', 'undefined', 'NaN'],
    ...['System Serial Number', 'System-Serial-Number', 'Not Specified', 'not specified', 'Not Applicable', 'N/A'],
    ...['0', '00000000', '0000000000000000', '00:00:00:00:00:00', '00-00-00-00-00-00', '0x00000000', '{}', '""'],
    ...['00000000-0000-0000-0000-000000000000', '{00000000-0000-0000-0000-000000000000}', 'FF:FF:FF:FF:FF:FF'],
    ...['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', 'ffffffffffff', '02:00:00:00:00:00', '9774d56d682e549c'],
    ...['03000200-0400-0500-0006-000700080009', 'Unknown', 'INVALID', 'Chassis Serial Number', '[object Object]'],
    ...['xxxxxxxx', '1111111111', '123456789', ' ', '\u200B', 'Default\u00A0string', 'Ｎｏｎｅ', 'O.E.M.'],
  ])('%j is none', (text) => {
    expect(isPlaceholder(text)).toBe(true)
    expect(fingerprintOf(text)).toBeNull()
  })

  test.each([
    ...[
      '9c1e0f6a',
      'a',
      'f',
      '1',
      '42',
      'mac',
      'device-1',
      '4C4C4544-0042-3510-8052-B9C04F4B4E32',
      '00:1A:2B:3C:4D:5E',
    ],
    ...[
      'none of your business',
      'nullable',
      'Default string 2',
      'a'.repeat(64),
      'ff00ff00',
      '0000000000000001',
      'OEM-4711',
    ],
    ...['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'S3Z9NB0K123456', 'fff', 'test'],
  ])('%j is one', (text) => expect(fingerprintOf(text)).toBe(text))

  test('none at all', () => {
    expect(fingerprintOf(null)).toBeNull()
    expect(fingerprintOf(undefined)).toBeNull()
  })
})

describe('e-mail addresses', () => {
  test.each([
    ['ana@customer.example', 'ana@customer.example'],
    [' Ana@Customer.Example ', 'ana@customer.example'],
    ['a.b.c@x.example', 'a.b.c@x.example'],
    ['a..b@docomo.example', 'a..b@docomo.example'],
    ['ab.@docomo.example', 'ab.@docomo.example'],
    ['.ab@docomo.example', '.ab@docomo.example'],
    ['r&d@x.example', 'r&d@x.example'],
    ['sales/eu@x.example', 'sales/eu@x.example'],
    ['ana+latchkey@x.example', 'ana+latchkey@x.example'],
    ["o'hara@x.example", "o'hara@x.example"],
    ['o’hara@x.example', "o'hara@x.example"],
    ['a=b@x.example', 'a=b@x.example'],
    ['#1!$%*?^_`{|}~-@x.example', '#1!$%*?^_`{|}~-@x.example'],
    ['1@x.example', '1@x.example'],
    ['_@x.example', '_@x.example'],
    ['-a-@x.example', '-a-@x.example'],
    ['ana@müller.example', 'ana@müller.example'],
    ['ana@MÜLLER.example', 'ana@müller.example'],
    ['ana@mu\u0308ller.example', 'ana@müller.example'],
    ['ana@xn--mller-kva.example', 'ana@müller.example'],
    ['ANA@XN--MLLER-KVA.EXAMPLE', 'ana@müller.example'],
    ['ana@straße.example', 'ana@straße.example'],
    ['ana@xn--strae-oqa.example', 'ana@straße.example'],
    ['иван@почта.рф', 'иван@почта.рф'],
    ['иван@xn--80a1acny.xn--p1ai', 'иван@почта.рф'],
    ['jose\u0301@x.example', 'josé@x.example'],
    ['JOSÉ@x.example', 'josé@x.example'],
    ['用户@例え.テスト', '用户@例え.テスト'],
    ['用户@例え。テスト', '用户@例え.テスト'],
    ['ａｎａ＠ｘ．example', 'ana@x.example'],
    ['ana@sub.sub.sub.co.uk', 'ana@sub.sub.sub.co.uk'],
    ['ana@foo_bar.example', 'ana@foo_bar.example'],
    ['ana@1und1.example', 'ana@1und1.example'],
    ['ana@123.museum', 'ana@123.museum'],
    ['\u200Bana@x.example\uFEFF', 'ana@x.example'],
    ['\u202Aana@x.example\u202C', 'ana@x.example'],
    ['mailto:ana@x.example', 'ana@x.example'],
    ['<ana@x.example>', 'ana@x.example'],
    ['ana@نامه\u200Cای.example', 'ana@نامه\u200Cای.example'],
    ['ana@xn--mgba3gch31f060k.example', 'ana@نامه\u200Cای.example'],
    ['ana@x\u200B.\u200Dexample', 'ana@x.example'],
    [`${'a'.repeat(64)}@x.example`, `${'a'.repeat(64)}@x.example`],
    ['☃@x.example', '☃@x.example'],
  ])('%s is %s', (typed, stored) => {
    expect(readEmail(typed)).toBe(stored)
    expect(readEmail(stored)).toBe(stored)
    expect(emailToFind(typed)).toBe(stored)
    expect(readEmail(emailOnTheWire(stored))).toBe(stored)
    const domain = emailOnTheWire(stored).split('@')[1] as string
    expect(domain).toBe(domainToASCII(stored.split('@')[1] as string))
    expect(domain).toMatch(/^[a-z0-9._-]+$/)
  })

  test.each([
    ...[
      '',
      ' ',
      'ana',
      '@',
      'ana@',
      '@x.example',
      'ana@x',
      'ana@localhost',
      'ana@.example',
      'ana@x..example',
      'ana@x.e',
    ],
    ...['ana@x.example.', 'a b@x.example', 'ana@x example', 'ana@x.example, bea@x.example', 'ana@bea@x.example'],
    ...['"ana"@x.example', 'Ana <ana@x.example>', 'ana@[127.0.0.1]', 'ana@127.0.0.1', 'ana@1.2', 'ana@x.example/..'],
    ...[
      'ana@x.example:25',
      'ana;bea@x.example',
      'ana@x.example\r\nBcc: bea@x.example',
      'a\u0000b@x.example',
      'ana@-x.example',
    ],
    ...[
      'ana@x-.example',
      `ana@${'a'.repeat(64)}.example`,
      `${'a'.repeat(250)}@x.example`,
      'ana@%78.example',
      'ana(x)@x.example',
    ],
    ...['\ud800@x.example', 'ana\\@x.example', 'ana@xn--a.example', 'ana@x.example?subject=x'],
  ])('%j is none', (text) => expect(readEmail(text)).toBeNull())

  test.each(['\u212Aate@x.example', 'bo\u212A@x.example', 'ana@\u212A.example', 'a\u1FEFb@x.example'])(
    '%j is nobody’s, and least of all somebody else’s',
    (text) => {
      expect(readEmail(text)).toBeNull()
      expect(readSentEmail(text)).toBeNull()
    },
  )

  test.each([
    [' Ana@Customer.Example ', 'ana@customer.example'],
    ['JOSÉ@x.example', 'josé@x.example'],
    ['jose\u0301@x.example', 'josé@x.example'],
    ['ANA@XN--MLLER-KVA.EXAMPLE', 'ana@müller.example'],
    ['ana@Müller.example', 'ana@müller.example'],
    // Mended where somebody types it, and another mailbox where a program says it has checked this one.
    ['ａna@x.example', null],
    ['ana＠x.example', null],
    ['a\u200Bna@x.example', null],
    ['o’hara@x.example', null],
    ['ana@ｘ.example', null],
    ['mailto:ana@x.example', null],
  ])('a program that says %j means %j', (said, meant) => {
    expect(readSentEmail(said)).toBe(meant)
  })

  test('no letter outside ASCII becomes one of ASCII in what a program says', () => {
    for (let code = 0x80; code <= 0x1ffff; code++) {
      if (code >= 0xd800 && code < 0xe000) continue
      const read = readSentEmail(`a${String.fromCodePoint(code)}b@x.example`)
      if (read !== null) expect(/^a[!-~]*b@/.test(read), code.toString(16)).toBe(false)
    }
  })

  test('read once is read for good, and its domain goes over the wire and back', () => {
    const noise = fc.oneof(
      fc.emailAddress(),
      fc
        .tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 12 }))
        .map(([local, domain]) => `${local}@${domain}.example`),
    )
    fc.assert(
      fc.property(noise, (typed) => {
        const stored = readEmail(typed)
        if (stored === null) return
        expect(readEmail(stored)).toBe(stored)
        expect(readEmail(emailOnTheWire(stored))).toBe(stored)
        expect(stored).not.toMatch(/[\s<>"]/)
      }),
      { numRuns: 3_000 },
    )
  })

  test('part of a domain is found in its own letters', () => {
    expect(withLettersOfDomains('ana@xn--mller-kva.example')).toBe('ana@müller.example')
    expect(withLettersOfDomains('XN--MLLER-KVA')).toBe('müller')
    expect(withLettersOfDomains('jose xn--')).toBe('jose xn--')
  })
})

test.each([
  ['José', 'jose'],
  ['Jose\u0301', 'jose'],
  ['Ömer', 'omer'],
  ['Straße', 'strasse'],
  ['STRASSE', 'strasse'],
  ['Łukasz', 'lukasz'],
  ['Søren', 'soren'],
  ['Ærø', 'aero'],
  ['İstanbul', 'istanbul'],
  ['Iğdır', 'igdir'],
  ['Đặng', 'dang'],
  ['Þór', 'thor'],
  ['ΟΔΌΣ', 'οδοσ'],
  ['Ｊｏｓｅ', 'jose'],
  ['ﬁsh', 'fish'],
  ['Žižek', 'zizek'],
  ['Ёлка', 'елка'],
  ['👩\u200D💻', '👩💻'],
])('%s is searched as %s', (text, folded) => {
  expect(foldForSearch(text)).toBe(folded)
  expect(foldForSearch(folded)).toBe(folded)
})
