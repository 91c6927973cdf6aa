import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Member, Software } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { foldForSearch } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { foldWords } from '../database/folded.ts'
import { record } from '../events/commands.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { updateLicenseKey } from './edit.ts'
import { listLicenseKeys } from './list.ts'
import { noteColumns } from './note.ts'
import { UpdateLicenseKey } from './schema.ts'

// What a search finds, against the plainest way to look for it: every key, every word around it, one by one.

const now = new Date()
const software: Software = { kind: 'software', address: null }
const KEYS = 60

const names = ['José Herrera', 'Zoë Müller', 'Łukasz Żak', 'Anna Brown', null]
const labels = ['MacBook Pro', 'Büro-PC', 'THINKPAD x1', 'Mac_mini 100%']
const notes = ['', 'Moved to Köln', 'asked by JOSÉ', 'a_b % \\ c']

/** A key and all that stands around it, as the database has it. */
type Known = { id: string; folded: string[]; lower: string[]; whole: string[]; last: string }
const known: Known[] = []
let me: Member

const nth = <T>(list: T[], i: number): T => list[i % list.length] as T

beforeAll(async () => {
  const organizationId = newId()
  me = { kind: 'merchant', userId: newId(), email: 'm@test.example', name: 'Mara', organizationId, role: 'owner' }
  // The same words in the shop next door must never be found.
  for (const own of [true, false]) await fill(own ? organizationId : newId(), own ? known : [])
})

async function fill(organizationId: string, into: Known[]) {
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Editor' } })
  const product = await prisma.product.create({ data: { organizationId, name: 'Inkwell' } })
  for (let i = 0; i < KEYS; i++) {
    const name = nth(names, i)
    const customer = { email: `c${i}@studio${i % 3}.example`, name, externalId: i % 4 ? null : `cus_${i}` }
    const { id: customerId } = await prisma.customer.create({ data: { organizationId, ...customer } })
    const reference = i % 3 ? `SO-${1000 + i}` : null
    const purchase = reference
      ? await prisma.purchase.create({
          data: { organizationId, customerId, productId: product.id, reference, purchasedAt: now },
        })
      : null
    const id = newId()
    const keyString = makeKeyString('uuid', 'TEST')
    const externalId = i % 5 ? null : `ext-${i}`
    const note = nth(notes, i + 1)
    await prisma.licenseKey.create({
      data: {
        ...{ id, organizationId, customerId, keyConfigurationId: configuration.id, purchaseId: purchase?.id ?? null },
        ...{
          ...keyStringColumns(keyString, 'TEST'),
          externalId,
          updatedAt: now,
          createdAt: new Date(now.getTime() + i),
        },
        // Some are as they were before notes were kept folded.
        ...(i % 2 ? { note } : noteColumns(note)),
      },
    })
    const devices = i % 2 ? [nth(labels, i), nth(labels, i + 3)] : []
    for (const [j, label] of devices.entries())
      await prisma.activation.create({
        data: { organizationId, licenseKeyId: id, label, deactivatedAt: j ? now : null },
      })
    const refused = [
      ...(i % 7 ? [] : [{ label: 'Refused Laptop', when: now }]),
      ...(i % 11 ? [] : [{ label: 'Forgotten tablet', when: new Date(now.getTime() - 91 * DAY_MS) }]),
    ]
    for (const { label, when } of refused)
      await record(prisma, software, when, {
        ...{ type: 'activation.refused', organizationId, licenseKeyId: id },
        data: { label, code: 'ACTIVATION_LIMIT_REACHED' },
      })
    into.push({
      ...{ id, last: keyString.slice(-6).toLowerCase() },
      folded: [[name, customer.email].filter(Boolean).join('\n'), note, ...devices].map(foldForSearch),
      lower: [reference ?? '', ...(i % 7 ? [] : ['Refused Laptop'])].map((text) => text.toLowerCase()),
      whole: [externalId, customer.externalId].filter((text) => text !== null),
    })
  }
}

function stands(word: string, key: Known): boolean {
  const tail = /^[0-9a-z]{3,}$/i.test(word) ? word.slice(-6).toLowerCase() : null
  return (
    key.folded.some((text) => text.includes(foldForSearch(word))) ||
    key.lower.some((text) => text.includes(word.toLowerCase())) ||
    key.whole.includes(word) ||
    (tail !== null && key.last.endsWith(tail))
  )
}

const found = (q: string) => {
  const words = q.split(' ').filter(Boolean)
  return known.filter((key) => words.every((word) => stands(word, key))).map(({ id }) => id)
}

const search = async (q: string, page = 1, size = KEYS) =>
  listLicenseKeys(me, { q }, { page, size, sort: 'createdAt', dir: 'asc' }, now)

const pieces = [
  ...names,
  ...labels,
  ...notes,
  'studio1.example',
  'SO-1012',
  'cus_8',
  'ext-25',
  'Refused Laptop',
  'tablet',
]
const word = fc
  .tuple(fc.constantFrom(...pieces.flatMap((text) => text?.split(' ') ?? []).filter(Boolean)), fc.nat(9), fc.nat(9))
  .chain(([text, from, length]) => {
    const part = text.slice(from % text.length, (from % text.length) + 1 + length)
    return fc.constantFrom(part, part.toUpperCase(), foldForSearch(part), text)
  })
  // As they are typed: not as the quotes and full stops around a key.
  .filter((text) => /^[^\s"'`<(>).,;]+$/.test(text) && !/[:=…•*]/.test(text))
const end = fc.tuple(fc.nat(KEYS - 1), fc.integer({ min: 3, max: 6 })).map(([i, n]) => ({ i, n }))

test('finds what stands somewhere around a key, whatever the words and their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 3 }), async (words) => {
      const q = words.join(' ')
      const { keys, total } = await search(q)
      expect({ q, ids: keys.map(({ id }) => id), total }).toEqual({ q, ids: found(q), total: found(q).length })
    }),
    { numRuns: 250 },
  )
})

test('finds the ends of keys in any case, alone and beside a word', async () => {
  await fc.assert(
    fc.asyncProperty(end, fc.boolean(), fc.boolean(), async ({ i, n }, upper, more) => {
      const { last } = known[i] as Known
      const tail = upper ? last.slice(-n).toUpperCase() : last.slice(-n)
      const q = more ? `${tail} example` : tail
      expect((await search(q)).keys.map(({ id }) => id)).toEqual(found(q))
    }),
    { numRuns: 60 },
  )
})

test('pages of a search go on where the last one ended, and each knows how many there are', async () => {
  const expected = found('studio')
  expect(expected.length).toBe(KEYS)
  const pages = await Promise.all([1, 2, 3, 4].map((page) => search('studio', page, 25)))
  expect(pages.flatMap(({ keys }) => keys.map(({ id }) => id))).toEqual(expected)
  expect(pages.map(({ total }) => total)).toEqual([KEYS, KEYS, KEYS, KEYS])
})

test('a changed note is found by its new words alone; older notes are filled in', async () => {
  const [key] = known.filter(({ folded }) => folded.includes('moved to koln'))
  const id = key?.id ?? ''
  const change = (note: string) => updateLicenseKey(me, UpdateLicenseKey.parse({ licenseKeyId: id, note }), now)
  const folded = async () => (await prisma.licenseKey.findUniqueOrThrow({ where: { id } })).noteFolded
  const finds = async (q: string) => (await search(q)).keys.some((each) => each.id === id)
  await change('Nach Zürich')
  expect([await folded(), await finds('zurich'), await finds('koln')]).toEqual(['nach zurich', true, false])
  await change('')
  expect([await folded(), await finds('zurich')]).toEqual([null, false])
  await prisma.licenseKey.update({ where: { id }, data: { note: 'Ins Büro', noteFolded: null } })
  expect(await finds('INS')).toBe(true)
  expect(await foldWords(10_000)).toBeGreaterThan(0)
  expect([await folded(), await finds('buro')]).toEqual(['ins buro', true])
})
