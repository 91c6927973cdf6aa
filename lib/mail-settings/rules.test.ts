import { describe, expect, test } from 'vitest'
import { customerMails } from '../mail/plain.ts'
import { LOGO_BYTES_MAX, readLogo, shownSize } from './logo.ts'
import { originals, variables } from './originals.ts'
import { contrast, seenOn, textOn } from './rules.ts'
import { MailLooks, MailTextInput } from './schema.ts'
import { fillSubject, fillText, paragraphsOf, whyNotText } from './text.ts'

describe('a text with variables', () => {
  const known = ['customer.name', 'product.name']

  test.each<[string, string | null]>([
    ['Hello', null],
    ['Hello {{customer.name}}', null],
    ['{{ customer.name | there }}, {{product.name}}', null],
    ['{ {product.name} } {x}', null],
    ['{{key.ends}}', 'There is no variable {{key.ends}} in this mail.'],
    ['{{customer.nam}}', 'There is no variable {{customer.nam}} in this mail.'],
    ['{{constructor}}', 'There is no variable {{constructor}} in this mail.'],
    ['{{__proto__}}', 'There is no variable {{__proto__}} in this mail.'],
    ['{{}}', '{{}} names no variable.'],
    ['{{|there}}', '{{|there}} names no variable.'],
    ['{{customer.name', 'A {{ is not closed by }}.'],
    ['customer.name}}', 'A }} has no {{ before it.'],
    ['{{{{customer.name}}}}', 'A {{ is not closed by }}.'],
    ['{{#each x}}', 'There is no variable {{#each x}} in this mail.'],
  ])('%s', (text, why) => expect(whyNotText(text, known)).toBe(why))

  test.each([
    ['{{customer.name}}', { 'customer.name': 'Ada' }, 'Ada'],
    ['{{customer.name|there}}', { 'customer.name': 'Ada' }, 'Ada'],
    ['{{customer.name|there}}', { 'customer.name': '' }, 'there'],
    ['{{customer.name|there}}', { 'customer.name': '', 'customer.email': 'a@x.example' }, 'there'],
    ['{{customer.name}}', { 'customer.name': '', 'customer.email': 'a@x.example' }, 'a@x.example'],
    ['{{key.ends|never}}', {}, 'never'],
    ['{{key.ends}}', {}, ''],
    // A value is never read as a text, and stays on its line.
    ['{{product.name}}', { 'product.name': '{{customer.email}}', 'customer.email': 'secret' }, '{{customer.email}}'],
    ['{{product.name}}', { 'product.name': 'a\r\nBcc: x@y.example\u2028b' }, 'a Bcc: x@y.example b'],
    ['{{product.name}}', { 'product.name': '$& $1 $$' }, '$& $1 $$'],
  ])('%s with %o', (text, values, filled) => expect(fillText(text, values)).toBe(filled))

  test('a subject is one line and ends where lists end, whatever is in it', () => {
    expect(fillSubject('{{product.name}}', { 'product.name': 'Editor\r\nBcc: everybody@x.example' })).toBe(
      'Editor Bcc: everybody@x.example',
    )
    const long = fillSubject('{{product.name}}', { 'product.name': 'ü😀'.repeat(400) })
    expect(long.length).toBeLessThanOrEqual(200)
    expect(long.isWellFormed()).toBe(true)
  })

  test('paragraphs and lines', () => expect(paragraphsOf('a\nb\n\n \n\nc\n')).toEqual([['a', 'b'], ['c']]))

  test.each(customerMails)('the original of %s can be sent as it is', (mail) => {
    const { subject, intro, variables: allowed } = originals[mail]
    expect(MailTextInput.safeParse({ mail, subject, intro }).error).toBeUndefined()
    for (const variable of allowed) expect(variables).toHaveProperty([variable])
  })

  test('what is wrong is said at its field', () => {
    const { error } = MailTextInput.safeParse({ mail: 'refunded', subject: '{{key.last}}', intro: '{{order.numbers}}' })
    expect(error?.issues.map(({ path, message }) => [path[0], message])).toEqual([
      ['subject', 'There is no variable {{key.last}} in this mail.'],
      ['intro', 'There is no variable {{order.numbers}} in this mail.'],
    ])
    for (const subject of ['', ' ', 'a\nb', 'a\r\nBcc: b', 'a\0'])
      expect(MailTextInput.safeParse({ mail: 'refunded', subject, intro: 'x' }).success).toBe(false)
    expect(MailTextInput.safeParse({ mail: 'sign-in', subject: 'x', intro: 'x' }).success).toBe(false)
  })
})

describe('a color', () => {
  const colors = ['#000000', '#ffffff', '#1f6feb', '#ffff00', '#767676', '#777777', '#ff0000', '#00ff00', '#181714']
  // Every fourth of each part: all there is, roughly.
  for (let i = 0; i < 512; i++)
    colors.push(`#${[i >> 6, (i >> 3) & 7, i & 7].map((part) => (part * 36).toString(16).padStart(2, '0')).join('')}`)

  test('whatever it is, what stands on it can be read, and it can be seen', () => {
    for (const color of colors) {
      expect(contrast(color, textOn(color)), color).toBeGreaterThanOrEqual(4.5)
      for (const ground of ['#ffffff', '#181714'])
        expect(contrast(seenOn(color, ground), ground), `${color} on ${ground}`).toBeGreaterThanOrEqual(3)
    }
  })

  test('known contrasts, and a color that can be seen stays as it is', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(seenOn('#1f6feb', '#ffffff')).toBe('#1f6feb')
  })

  test.each([
    ['#1F6FEB', '#1f6feb'],
    [' #1f6feb ', '#1f6feb'],
    ['', null],
  ])('%j is %j', (typed, color) =>
    expect(MailLooks.parse({ name: '', color: typed, replyTo: '', support: '' }).color).toBe(color),
  )

  test.each(['red', '#fff', '#1f6feb;', '#1f6feb}body{', 'url(x)', '1f6feb', '#1f6feg'])('%j is none', (color) =>
    expect(MailLooks.safeParse({ name: '', color, replyTo: '', support: '' }).success).toBe(false),
  )
})

test.each([
  ['help@Example.com', 'help@example.com'],
  ['https://example.com/help?x=1', 'https://example.com/help?x=1'],
  ['', null],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['https://example.com/"><script>', undefined],
  ['not an address', undefined],
  ['a@b.example\r\nBcc: c@d.example', undefined],
])('help at %j', (typed, support) => {
  const read = MailLooks.safeParse({ name: '', color: '', replyTo: '', support: typed })
  expect(read.data?.support).toBe(support)
})

describe('a logo', () => {
  const part = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    return Buffer.concat([length, Buffer.from(type), body, Buffer.alloc(4)])
  }
  const png = (width: number, height: number) => {
    const header = Buffer.alloc(13)
    header.writeUInt32BE(width, 0)
    header.writeUInt32BE(height, 4)
    const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    return Buffer.concat([start, part('IHDR', header), part('IDAT', Buffer.alloc(4)), part('IEND', Buffer.alloc(0))])
  }
  const jpeg = (width: number, height: number) =>
    Buffer.concat([
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8]),
      Buffer.from([height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0, 0]),
      Buffer.from([0xff, 0xd9]),
    ])

  test('is what its bytes say', () => {
    expect(readLogo(png(320, 80))).toEqual({ type: 'image/png', width: 320, height: 80 })
    expect(readLogo(jpeg(640, 200))).toEqual({ type: 'image/jpeg', width: 640, height: 200 })
  })

  test.each<[string, Buffer]>([
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'.padEnd(100))],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>'.padEnd(100))],
    ['GIF', Buffer.from('GIF89a'.padEnd(100))],
    ['PNG with something behind it', Buffer.concat([png(64, 64), Buffer.from('<script>')])],
    ['half a PNG', png(64, 64).subarray(0, 40)],
    ['half a JPEG', jpeg(64, 64).subarray(0, 12)],
    ['JPEG without an end', jpeg(64, 64).subarray(0, -1)],
    ['JPEG whose parts lead past its end', Buffer.from([0xff, 0xd8, ...Array(30).fill(0xff), 0xff, 0xd9])],
    ['nothing', Buffer.alloc(0)],
  ])('%s is none', (_, bytes) => expect(readLogo(bytes)).toEqual({ why: 'Choose a PNG, JPEG or WebP picture.' }))

  test('has a size that mails can carry and show', () => {
    expect(readLogo(png(5_000, 80))).toHaveProperty('why', expect.stringContaining('2,000 pixels'))
    expect(readLogo(png(8, 80))).toHaveProperty('why')
    expect(readLogo(Buffer.alloc(LOGO_BYTES_MAX + 1))).toHaveProperty('why', expect.stringContaining('800 KB'))
    expect(shownSize({ width: 2_000, height: 16 })).toEqual({ width: 220, height: 2 })
    expect(shownSize({ width: 100, height: 440 })).toEqual({ width: 10, height: 44 })
    expect(shownSize({ width: 30, height: 30 })).toEqual({ width: 30, height: 30 })
  })
})
