import { expect, test } from 'vitest'
import { slugFrom } from './plain.ts'
import { SetUp, Slug } from './schema.ts'

test.each([
  ['Inkwell Software', 'inkwell-software'],
  ['  Blue Harbor GmbH & Co. KG ', 'blue-harbor-gmbh-co-kg'],
  ['Straße Ünïcode', 'strasse-unicode'],
  ['日本', ''],
  ['a'.repeat(60), 'a'.repeat(40)],
])('%s becomes "%s"', (name, slug) => expect(slugFrom(name)).toBe(slug))

test.each(['inkwell', 'a1', 'blue-harbor'])('%s is a slug', (slug) => expect(Slug.parse(slug)).toBe(slug))
test.each(['a', '-a', 'a--b', 'a_b', 'ä-b', '../x', ''])('%s is none', (slug) =>
  expect(Slug.safeParse(slug).success).toBe(false),
)

test('set-up wants a password of ten characters and normalises the address', () => {
  const input = {
    token: 't',
    organizationName: 'Inkwell',
    slug: 'inkwell',
    name: 'Ada',
    email: ' Ada@Example.com ',
    password: 'long enough',
  }
  expect(SetUp.parse(input).email).toBe('ada@example.com')
  expect(SetUp.safeParse({ ...input, password: 'too short' }).success).toBe(false)
})
