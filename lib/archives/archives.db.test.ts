import { expect, test } from 'vitest'
import yauzl from 'yauzl'
import type { Role } from '#prisma/enums.ts'
import { begin, end, handleAll, type Life, post } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { openContents } from '../mail/queries.ts'
import { askArchive, downloadArchive, purgeArchives, removeArchive } from './commands.ts'
import { columnsOf, files } from './contents.ts'
import { listArchives } from './queries.ts'
import { runArchive, silentArchives } from './run.ts'

const system = { kind: 'system', name: 'Test' } as const
const now = new Date('2026-11-30T12:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)

async function makeShop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Fable Software' } })
  const member = async (role: Role): Promise<Member> => {
    const email = `${newId()}@example.com`
    const { id: userId } = await prisma.user.create({ data: { email } })
    await prisma.membership.create({ data: { organizationId, userId, role } })
    return { kind: 'merchant', userId, email, name: null, organizationId, role }
  }
  const owner = await member('owner')
  return { organizationId, owner, member }
}

async function addKeys(organizationId: string, count: number) {
  const customer = await prisma.customer.create({ data: { organizationId, email: `${newId()}@example.com` } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: newId() } })
  const strings = Array.from({ length: count }, () => makeKeyString('uuid', 'TEST'))
  await prisma.licenseKey.createMany({
    data: strings.map((each) => ({
      ...{ organizationId, customerId: customer.id, keyConfigurationId: configuration.id },
      ...keyStringColumns(each, 'TEST'),
    })),
  })
  return strings
}

/** The files of an archive by name, as text. */
async function opened(owner: Member, archiveId: string, at = now): Promise<Map<string, string>> {
  const { parts, bytes } = await downloadArchive(owner, archiveId, at)
  const pieces = await Array.fromAsync(parts)
  const all = Buffer.concat(pieces)
  expect(all.length).toBe(bytes)
  const zip = await yauzl.fromBufferPromise(all)
  const found = new Map<string, string>()
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry)
    const read: Buffer[] = []
    for await (const piece of stream) read.push(piece as Buffer)
    found.set(entry.fileName, Buffer.concat(read).toString('utf8'))
  }
  return found
}

const linesOf = (text = ''): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

/** Rows as the driver reads them, in words that JSON has too. */
async function rowsOf(table: string, of: string, organizationId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query(`SELECT t.* FROM ${table} t WHERE ${of}`, [organizationId])
  return rows
}
const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value)
  // Lists of words of the database's own types, which the driver does not read.
  if (typeof value === 'string' && /^\{[\w,]*\}$/.test(value)) return value.slice(1, -1).split(',').filter(Boolean)
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return new Date(value).toISOString()
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return new Date(`${value}T00:00:00`).toISOString()
  return value
}
const comparable = (row: Record<string, unknown>, columns: string[]) =>
  JSON.stringify(Object.fromEntries(columns.map((column) => [column, plain(row[column])])))

const shop: Life = {
  store: 'custom',
  secret: `whsec_${Buffer.from('inkwell-custom-secret-of-32-bytes').toString('base64')}`,
  headers: signers.standard(),
  products: { pro: 'Quill Pro' },
  steps: [{ what: 'it is connected', at: '2026-09-01T10:00:00Z', sends: [], stands: [] }],
}

test('an archive has every row of the organization as the database has it, and no secret', async () => {
  const telling = await begin(shop)
  try {
    const { me: owner, organizationId } = telling
    const at = '2026-09-01T10:00:05Z'
    const data = { order_id: 'o-1', status: 'active', items: [{ product_id: 'pro' }] }
    const body = JSON.stringify({
      ...{ type: 'purchase.updated', timestamp: at },
      data: { ...data, customer: { id: 'p', email: 'lena@customer.example', name: 'Lena “Ü”' } },
    })
    await post(telling, { id: 'msg_1', type: 'purchase.updated', body, at }, new Date(at))
    await handleAll(telling, new Date(at))
    const strings = await addKeys(organizationId, 2_500)
    const stranger = await makeShop()
    const [theirs = ''] = await addKeys(stranger.organizationId, 1)

    const { archiveId } = await askArchive(owner, { hasKeyStrings: true }, now)
    await runArchive(system, archiveId, () => now)
    const archive = await opened(owner, archiveId)
    expect([...archive.keys()].sort()).toEqual(
      ['README.md', 'manifest.json', ...files.map(({ file }) => `data/${file}.jsonl`)].sort(),
    )
    const manifest = JSON.parse(archive.get('manifest.json') ?? '')
    let rows = 0
    for (const { table, file, of, ...content } of files) {
      const lines = linesOf(archive.get(`data/${file}.jsonl`))
      const columns = columnsOf({ file, of, ...content })
      const stored = (await rowsOf(table, of, organizationId)).filter(
        // Asking and downloading are written after the snapshot was taken, or are what asked for it.
        (row) =>
          !(
            table === 'events' &&
            row.type === 'organization.exported' &&
            JSON.stringify(row.data).includes('downloaded')
          ),
      )
      expect(lines.map((line) => comparable(line, columns)).sort(), table).toEqual(
        stored.map((row) => comparable(row, columns)).sort(),
      )
      expect(manifest.files.find((each: { path: string }) => each.path === `data/${file}.jsonl`).rows).toBe(
        lines.length,
      )
      for (const line of lines.slice(0, 1))
        expect(Object.keys(line), table).toEqual(
          manifest.files.find((each: { path: string }) => each.path === `data/${file}.jsonl`).fields,
        )
      rows += lines.length
    }
    expect(rows).toBeGreaterThan(2_510)
    const keys = linesOf(archive.get('data/license-keys.jsonl')).map(({ key }) => key)
    expect(keys).toEqual(expect.arrayContaining(strings))
    expect(linesOf(archive.get('data/store-deliveries.jsonl'))).toMatchObject([{ body }])
    const everything = [...archive.values()].join('\n')
    expect(everything).not.toContain(theirs)
    expect(everything).not.toContain('inkwell-custom-secret')
    expect(archive.get('README.md')).toContain('license-keys.jsonl')
    expect(await listArchives(owner, now)).toMatchObject([{ status: 'ready', rowsDone: rows, rowsTotal: rows }])
  } finally {
    await end(telling)
  }
})

test('keys are masked where whoever asks wants that', async () => {
  const { organizationId, owner } = await makeShop()
  const [string = ''] = await addKeys(organizationId, 1)
  const { archiveId } = await askArchive(owner, { hasKeyStrings: false }, now)
  await runArchive(system, archiveId, () => now)
  const archive = await opened(owner, archiveId)
  expect([...archive.values()].join('\n')).not.toContain(string)
  expect(linesOf(archive.get('data/license-keys.jsonl'))).toMatchObject([
    { masked_key: `TEST_••••${string.slice(-6)}` },
  ])
})

test('only owners of the organization ask, see and download, and all of it is in the security log', async () => {
  const { organizationId, owner, member } = await makeShop()
  const other = await member('owner')
  for (const role of ['admin', 'support', 'viewer'] as const) {
    const who = await member(role)
    for (const tried of [
      () => askArchive(who, { hasKeyStrings: false }, now),
      () => listArchives(who, now),
      () => downloadArchive(who, newId(), now),
      () => removeArchive(who, { archiveId: newId() }, now),
    ])
      await expect(tried()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  }
  const { archiveId } = await askArchive(owner, { hasKeyStrings: true }, now)
  await expect(downloadArchive(owner, archiveId, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await runArchive(system, archiveId, () => now)
  const stranger = await makeShop()
  for (const tried of [
    () => downloadArchive(stranger.owner, archiveId, now),
    () => removeArchive(stranger.owner, { archiveId }, now),
  ])
    await expect(tried()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await downloadArchive(other, archiveId, now)
  await removeArchive(other, { archiveId }, now)
  const events = await prisma.event.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })
  expect(events.map(({ type, data }) => [type, (data as { step: string }).step])).toEqual([
    ['organization.exported', 'asked'],
    ['organization.exported', 'downloaded'],
    ['organization.exported', 'deleted'],
  ])
  const news = await prisma.mail.findMany({ where: { to: { in: [owner.email, other.email] } } })
  expect(news.map((mail) => [mail.to, openContents(mail).payload])).toMatchObject([
    [other.email, { news: 'organization-archive-asked', about: 'Fable Software' }],
  ])
})

test('one is written at a time, the next one takes its place, and after its days it is gone', async () => {
  const { organizationId, owner, member } = await makeShop()
  const asked = await Promise.allSettled(
    [owner, await member('owner'), owner].map((who) => askArchive(who, { hasKeyStrings: true }, now)),
  )
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of asked) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'CONFLICT' })
  const [first] = await listArchives(owner, now)
  await Promise.all([1, 2].map(() => runArchive(system, first?.id ?? '', () => now)))
  expect(await listArchives(owner, now)).toMatchObject([{ id: first?.id, status: 'ready' }])
  const { archiveId } = await askArchive(owner, { hasKeyStrings: true }, now)
  // Ready and waited for: the earlier one stays until there is another.
  expect(await listArchives(owner, now)).toHaveLength(2)
  await runArchive(system, archiveId, () => later(120_000))
  expect(await listArchives(owner, now)).toMatchObject([{ id: archiveId }])
  const mails = await prisma.mail.findMany({ where: { to: owner.email } })
  // Whether the first one was theirs, of which others are told, is as it came.
  const told = mails.map((mail) => (openContents(mail).payload as { news: string }).news)
  expect(told.filter((news) => news !== 'organization-archive-asked')).toEqual(['organization-archive-ready'])
  const over = later(120_000 + 7 * 86_400_000)
  await expect(downloadArchive(owner, archiveId, over)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await purgeArchives(system, over)
  expect(await prisma.archivePart.count({ where: { archive: { organizationId } } })).toBe(0)
  expect(await prisma.archive.count({ where: { organizationId } })).toBe(0)
})

test('a process that died is followed by another, which begins anew; after three there is none', async () => {
  const { organizationId, owner } = await makeShop()
  await addKeys(organizationId, 3)
  const { archiveId } = await askArchive(owner, { hasKeyStrings: true }, now)
  const dies = async (at: Date, attempts: number) => {
    await prisma.archive.update({
      where: { id: archiveId },
      data: { status: 'running', runner: newId(), heartbeatAt: at, attempts, bytes: 5 },
    })
    await prisma.archivePart.upsert({
      where: { archiveId_part: { archiveId, part: 7 } },
      create: { archiveId, part: 7, content: Buffer.from('half') },
      update: {},
    })
  }
  await dies(now, 1)
  expect(await silentArchives(system, later(30_000))).not.toContain(archiveId)
  await runArchive(system, archiveId, () => later(30_000))
  expect(await listArchives(owner, now)).toMatchObject([{ status: 'running' }])
  expect(await silentArchives(system, later(61_000))).toContain(archiveId)
  await runArchive(system, archiveId, () => later(61_000))
  expect(linesOf((await opened(owner, archiveId)).get('data/license-keys.jsonl'))).toHaveLength(3)

  await dies(now, 3)
  await runArchive(system, archiveId, () => later(61_000))
  expect(await listArchives(owner, now)).toMatchObject([
    { status: 'failed', failure: expect.stringContaining('cut off') },
  ])
  expect(await prisma.archivePart.count({ where: { archiveId } })).toBe(0)
})

test('what happens while it is written is not in it', async () => {
  const { organizationId, owner } = await makeShop()
  await addKeys(organizationId, 2_100)
  const { archiveId } = await askArchive(owner, { hasKeyStrings: true }, now)
  let beats = 0
  await runArchive(system, archiveId, () => {
    // Said each time that it tells how far it is: first once the snapshot is open.
    if (beats++ === 1)
      void prisma.customer.create({ data: { organizationId, email: `late-${newId()}@example.com` } }).then()
    return now
  })
  const archive = await opened(owner, archiveId)
  expect(await prisma.customer.count({ where: { organizationId } })).toBe(2)
  expect(linesOf(archive.get('data/customers.jsonl'))).toHaveLength(1)
})
