import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

process.env.LATCHKEY_SECRET ??= 'only-for-tests-only-for-tests-only-for-tests'
process.env.DATABASE_URL ??= 'postgresql://nowhere.invalid/none'

const {
  hashKeyString,
  isMistyped,
  keyStringColumns,
  keyHashOf,
  makeKeyString,
  normaliseKeyString,
  openCached,
  openKeyString,
} = await import('./string.ts')
const { hashSecret, seal, unseal } = await import('../secrets/secrets.ts')

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const UUID4 = /^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/
const SHORT = /^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/
const many = (count: number, make: () => string) => Array.from({ length: count }, make)
const found = (typed: string) => Buffer.from(hashKeyString(typed)).toString('hex')

describe('made keys', () => {
  test('uuid: a version 4 UUID in upper case', () => {
    for (const key of many(200, () => makeKeyString('uuid', null))) expect(key).toMatch(UUID4)
    expect(makeKeyString('uuid', 'MYAPP')).toMatch(/^MYAPP_/)
    expect(makeKeyString('uuid', 'MYAPP').slice(6)).toMatch(UUID4)
  })

  test('short: five groups of five of Crockford base 32, with a check character that holds', () => {
    for (const key of many(500, () => makeKeyString('short', null))) {
      expect(key).toMatch(SHORT)
      expect(isMistyped(key)).toBe(false)
    }
    expect(makeKeyString('short', 'MY-APP')).toMatch(/^MY-APP_/)
    expect(makeKeyString('short', 'MY-APP').slice(7)).toMatch(SHORT)
  })

  test('no two are the same, and every place uses every character', () => {
    const keys = many(4_000, () => makeKeyString('short', null).replaceAll('-', ''))
    expect(new Set(keys).size).toBe(keys.length)
    for (let place = 0; place < 25; place++)
      expect(new Set(keys.map((key) => key[place])).size, `place ${place}`).toBe(32)
  })

  test('made keys are in the form they are looked up by', () => {
    for (const prefix of [null, 'A', 'MYAPP', 'MY-APP', 'MY_APP_2', 'X9'])
      for (const format of ['uuid', 'short'] as const)
        for (const key of many(50, () => makeKeyString(format, prefix))) expect(normaliseKeyString(key)).toBe(key)
  })
})

describe('the check character', () => {
  const regroup = (characters: string[]) => characters.join('').replace(/.{5}(?=.)/g, '$&-')

  test('catches every single wrong character', () => {
    for (const key of many(20, () => makeKeyString('short', null))) {
      const characters = [...key.replaceAll('-', '')]
      for (let place = 0; place < 25; place++)
        for (const other of ALPHABET) {
          if (other === characters[place]) continue
          if (!isMistyped(regroup(characters.with(place, other)))) expect.fail(`${key}: ${other} at ${place}`)
        }
    }
  })

  test('catches every swap of two different characters, wherever they stand', () => {
    for (const key of many(60, () => makeKeyString('short', null))) {
      const characters = [...key.replaceAll('-', '')]
      for (let i = 0; i < 25; i++)
        for (let j = i + 1; j < 25; j++) {
          if (characters[i] === characters[j]) continue
          const swapped = characters.with(i, characters[j] as string).with(j, characters[i] as string)
          if (!isMistyped(regroup(swapped))) expect.fail(`${key}: ${i} and ${j} swapped`)
        }
    }
  })

  test('with a prefix too, and a prefix is no part of it', () => {
    const key = makeKeyString('short', null)
    const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
    expect(isMistyped(`MYAPP_${wrong}`)).toBe(true)
    expect(isMistyped(`OTHER_${key}`)).toBe(false)
    expect(found(`OTHER_${key}`)).not.toBe(found(key))
  })

  test('says nothing about what is no short key', () => {
    for (const text of ['', ' ', 'hello', '1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA', 'AAAAA-BBBBB-CCCCC', 'A'.repeat(512)])
      expect(isMistyped(text), text).toBe(false)
  })
})

describe('reading what people type', () => {
  const uuid = '1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA'
  // Has 0, 1 and letters that look like others.
  const short = 'K01MN-PQ0RS-TV1WX-YZ234-5010P'.slice(0, 28)
  const check = [...ALPHABET].find((character) => !isMistyped(short + character)) as string
  const shortKey = short + check

  test('the example has the look-alikes this is about', () => {
    expect(check).toBeDefined()
    expect(shortKey).toMatch(SHORT)
    expect(normaliseKeyString(shortKey)).toBe(shortKey)
  })

  const ways: [string, (key: string) => string][] = [
    ['lower case', (key) => key.toLowerCase()],
    ['mixed case', (key) => [...key].map((c, i) => (i % 2 ? c.toLowerCase() : c)).join('')],
    ['no dashes', (key) => key.replaceAll('-', '')],
    ['spaces for dashes', (key) => key.replaceAll('-', ' ')],
    ['spaces around dashes', (key) => key.replaceAll('-', ' - ')],
    ['no-break spaces', (key) => key.replaceAll('-', '\u00a0')],
    ['narrow and ideographic spaces', (key) => `\u3000${key.replaceAll('-', '\u202f')}`],
    ['space around it', (key) => ` \t${key}\r\n`],
    ['a line break in it', (key) => key.replace('-', '-\r\n')],
    ['a zero-width space in it', (key) => key.replace('-', '\u200b-\u200b')],
    ['zero-width joiners and a word joiner', (key) => `\u200c${key.slice(0, 3)}\u200d\u2060${key.slice(3)}`],
    ['a byte order mark before it', (key) => `\ufeff${key}`],
    ['soft hyphens', (key) => key.replace('-', '\u00ad-')],
    ['en dashes', (key) => key.replaceAll('-', '–')],
    ['em dashes', (key) => key.replaceAll('-', '—')],
    ['no-break hyphens', (key) => key.replaceAll('-', '\u2011')],
    ['minus signs', (key) => key.replaceAll('-', '−')],
    ['full-width characters', (key) => key.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
  ]
  const keys = [uuid, shortKey, `MYAPP_${uuid}`, `MYAPP_${shortKey}`]
  test.each(ways)('%s', (_is, change) => {
    for (const key of keys) {
      expect(normaliseKeyString(change(key)), key).toBe(key)
      expect(found(change(key))).toBe(found(key))
      expect(isMistyped(change(key))).toBe(false)
    }
  })

  test.each([
    ['O and o for 0', (key: string) => key.replaceAll('0', 'O'), (key: string) => key.replaceAll('0', 'o')],
    ['I and i for 1', (key: string) => key.replaceAll('1', 'I'), (key: string) => key.replaceAll('1', 'i')],
    ['L and l for 1', (key: string) => key.replaceAll('1', 'L'), (key: string) => key.replaceAll('1', 'l')],
  ])('%s, in short keys', (_is, upper, lower) => {
    for (const change of [upper, lower]) {
      expect(normaliseKeyString(change(shortKey))).toBe(shortKey)
      expect(normaliseKeyString(`myapp ${change(shortKey)}`)).toBe(`MYAPP_${shortKey}`)
    }
  })

  test('O is no 0 in a UUID', () => {
    expect(found(uuid.replace('6CE6', '6OE6'))).not.toBe(found(uuid.replace('6CE6', '60E6')))
  })

  test.each([['-'], [' '], ['_'], [' _ ']])('"%s" between prefix and key', (between) => {
    for (const key of [uuid, shortKey]) expect(normaliseKeyString(`myapp${between}${key}`)).toBe(`MYAPP_${key}`)
  })

  test('different keys stay different', () => {
    const all = [
      ...keys,
      ...many(200, () => makeKeyString('uuid', 'A')),
      ...many(200, () => makeKeyString('short', 'A')),
    ]
    expect(new Set(all.map(found)).size).toBe(all.length)
  })

  test('keys from elsewhere are taken as they are', () => {
    const imported = [
      'abcd-EFGH-1234',
      'ABCD-efgh-1234',
      'customer:42/licence#7',
      'key with  two spaces',
      'O0Il1',
      '0OIl1',
      'cus_9s6XKzkNRiz8i3',
      'AAAA-BBBB-CCCC-DDDD',
      'aaaa-bbbb-cccc-dddd',
      'ключ-42',
      'eyJhbGciOiJIUzI1NiJ9.e30.x',
    ]
    for (const key of imported) {
      expect(normaliseKeyString(key)).toBe(key)
      expect(normaliseKeyString(`  ${key}\n`)).toBe(key)
      expect(isMistyped(key)).toBe(false)
    }
    expect(new Set(imported.map(found)).size).toBe(imported.length)
    // The shape of a short key, but nothing of ours: looked up as it was written.
    const shaped = ['abcde-fghjk-mnpqr-stvwx-yz012', 'ABCDE-FGHJK-MNPQR-STVWX-YZ012'].filter(isMistyped)
    for (const key of shaped) expect(normaliseKeyString(key)).toBe(key)
  })

  // Anything people or programs send: our keys with things done to them, and noise.
  const pieces = fc.constantFrom(
    ...[
      '-',
      '_',
      ' ',
      '\u00a0',
      '\u200b',
      '\u200d',
      '\u2014',
      '\ufeff',
      '\u00ad',
      '\u0301',
      'a',
      'e',
      'ß',
      'ΐ',
      'ŉ',
      'ﷺ',
    ],
    ...[
      'ﬁ',
      'İ',
      'ı',
      'ǰ',
      '1C285B2D',
      '6CE6',
      '4BC7',
      'ADB6A7E304DA',
      'K01MN',
      shortKey,
      uuid,
      '\n',
      '\u0000',
      '\ud800',
    ],
  )
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
  )
  test('what is its own normal form is taken as it is, and nothing else is', () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), minLength: length, maxLength: length })
    const uuid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((groups) => groups.join('-'))
    const prefix = fc.string({ unit: fc.constantFrom(...'ABZ019'), maxLength: 12 })
    fc.assert(
      fc.property(prefix, uuid, (before, body) => {
        const key = before ? `${before}_${body}` : body
        expect(normaliseKeyString(key)).toBe(key)
        // The long way, which takes what no program would send.
        expect(normaliseKeyString(` ${key}`)).toBe(key)
        expect(normaliseKeyString(key.toLowerCase())).toBe(key)
      }),
      { numRuns: 1_000 },
    )
  })

  test('reading twice is reading once, and what reads the same is found the same', () => {
    fc.assert(
      fc.property(noise, (typed) => {
        const once = normaliseKeyString(typed)
        expect(normaliseKeyString(once)).toBe(once)
        expect(found(once)).toBe(found(typed))
        expect(isMistyped(once)).toBe(isMistyped(typed))
      }),
      { numRuns: 5_000 },
    )
  })

  const length = 512
  const fill = (part: string) => part.repeat(Math.ceil(length / part.length)).slice(0, length)
  const nasty = [
    ...['-', '_', ' ', '\n', 'a', '0', 'F', 'ﷺ', '\u200b', '—', '\u00a0'].map(fill),
    ...['a-', '- ', '-a', '0-0 ', 'A_', '_-', ' a', 'aaaaa-', '1C285B2D-', '0000-', 'é\u0301', '--------a'].map(fill),
    `${fill('a ').slice(0, 400)}!`,
    `${fill('-').slice(0, 256)}a${fill('-').slice(0, 255)}`,
    `${fill('a-').slice(0, 480)}${uuid.slice(0, 31)}!`,
    `${fill('_-').slice(0, 470)}${shortKey}!`,
    `${fill('0 - ').slice(0, 500)}!`,
    `${fill('0-'.repeat(24)).slice(0, 500)}?`,
    fill(`${uuid}-`),
    fill(`${shortKey}-`),
    `${'0123456-'.repeat(60)}\u0000`,
  ]
  test('no input makes the patterns run away', () => {
    // A pattern that backtracks takes minutes of CPU for such texts; the bound only has to tell that from work.
    for (const text of nasty) {
      const before = process.cpuUsage()
      normaliseKeyString(text)
      isMistyped(text)
      expect(process.cpuUsage(before).user / 1_000, JSON.stringify(text.slice(0, 40))).toBeLessThan(1_000)
    }
  })
})

describe('at rest', () => {
  test('the hash is 32 bytes, keyed, and another one for each purpose', () => {
    const key = makeKeyString('uuid', null)
    expect(hashKeyString(key)).toHaveLength(32)
    expect(hashKeyString(key)).toEqual(hashKeyString(key.toLowerCase()))
    expect(Buffer.from(hashKeyString(key))).not.toEqual(hashSecret('license-key-cipher', key))
  })

  test('what was opened is remembered and forgotten, and always right', () => {
    const keys = Array.from({ length: 300 }, () => makeKeyString('short', null))
    const sealed = keys.map((key) => Buffer.from(seal('license-key-cipher', key)).toString('hex'))
    for (let round = 0; round < 3; round++)
      for (const [i, cipher] of sealed.entries()) {
        expect(openCached(cipher)).toBe(keys[i])
        for (let other = 0; round === 1 && other < 100; other++)
          openCached(Buffer.from(seal('license-key-cipher', 'other')).toString('hex'))
      }
    for (let again = 0; again < 2; again++) expect(() => openCached('00'.repeat(60))).toThrow()
    expect(keyHashOf(keys[0] as string)).toBe(Buffer.from(hashKeyString(keys[0] as string)).toString('hex'))
  })

  test('the columns hold the key sealed, its hash and its last characters', () => {
    const key = makeKeyString('short', 'APP')
    const columns = keyStringColumns(key, 'APP')
    expect(columns.lastCharacters).toBe(key.slice(-5)) // the last group of a short key
    // Of a short one from elsewhere less is shown: never more than a quarter.
    expect(keyStringColumns('APP_12345678', 'APP').lastCharacters).toBe('678')
    expect(keyStringColumns('abc', null).lastCharacters).toBe('')
    expect(openKeyString(columns.keyCipher)).toBe(key)
    expect(columns.keyIsNormal).toBe(true)
    expect(keyStringColumns(key.toLowerCase(), 'app').keyIsNormal).toBe(false)
    expect(Buffer.from(columns.keyCipher).includes(key.slice(0, 8))).toBe(false)
    expect(Buffer.from(columns.keyHash).includes(key.slice(0, 8))).toBe(false)
  })

  test('sealing goes both ways, and never twice the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(unseal('mail-payload', seal('mail-payload', text))).toBe(text)
        expect(seal('mail-payload', text)).not.toEqual(seal('mail-payload', text))
      }),
    )
  })

  test('what was changed by any bit, cut short, lengthened or sealed for another purpose does not open', () => {
    const sealed = seal('license-key-cipher', 'MYAPP_1C285B2D')
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Uint8Array.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(() => unseal('license-key-cipher', changed), `bit ${bit}`).toThrow()
    }
    for (let end = 0; end < sealed.length; end++)
      expect(() => unseal('license-key-cipher', sealed.slice(0, end)), `${end} bytes`).toThrow()
    expect(() => unseal('license-key-cipher', new Uint8Array([...sealed, 0]))).toThrow()
    expect(() => unseal('mail-payload', sealed)).toThrow()
    expect(unseal('license-key-cipher', sealed)).toBe('MYAPP_1C285B2D')
  })

  test('a tag is taken whole: a shorter one could be guessed', () => {
    const sealed = Buffer.from(seal('license-key-cipher', ''))
    for (const length of [4, 8, 12, 13, 14, 15])
      expect(() => unseal('license-key-cipher', sealed.subarray(0, 12 + length)), `${length} bytes`).toThrow()
  })
})
