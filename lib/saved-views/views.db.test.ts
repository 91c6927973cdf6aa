import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { changeView, removeView, saveView } from './commands.ts'
import { VIEWS_MAX } from './plain.ts'
import { listViews } from './queries.ts'
import { addressOf } from './rules.ts'
import { ChangeView, SaveView } from './schema.ts'

const now = new Date('2026-11-29T12:00:00Z')

async function member(role: Role = 'support', organizationId = newId()): Promise<Member> {
  await prisma.organization.upsert({
    where: { id: organizationId },
    create: { id: organizationId, slug: organizationId, name: 'Test' },
    update: {},
  })
  return { kind: 'merchant', userId: newId(), email: 'm@test.example', name: 'Mara', organizationId, role }
}

const save = (me: Member, fields: object) =>
  saveView(me, SaveView.parse({ name: 'Dormant', query: '-seen:<90d', ...fields }), now)
const only = async (me: Member) => {
  const [view] = await listViews(me)
  if (!view) throw new Error('no view')
  return view
}

test('a view is kept as it is typed, by ids, and leads to its address', async () => {
  const me = await member()
  const product = newId()
  const { id } = await save(me, {
    query: `herrera  product:${product} STATUS:expired,active`,
    sort: 'expiresAt',
    dir: 'asc',
  })
  const view = await only(me)
  expect(view).toEqual({
    ...{ id, name: 'Dormant', query: `status:active,expired product:${product} herrera` },
    ...{ sort: 'expiresAt', dir: 'asc', isDefault: false },
  })
  expect(addressOf(view)).toEqual({
    ...{ q: 'herrera', status: 'active,expired', product, sort: 'expiresAt', dir: 'asc', view: id },
  })
  expect(await prisma.event.findMany({ where: { organizationId: me.organizationId } })).toMatchObject([
    { type: 'view.saved', actorLabel: 'Mara', data: { name: 'Dormant' } },
  ])
})

test('members of one organization share them; viewers only use them; nobody else knows of them', async () => {
  const me = await member()
  const { id } = await save(me, {})
  const viewer = await member('viewer', me.organizationId)
  expect(await listViews(viewer)).toHaveLength(1)
  const refused = expect.objectContaining({ code: 'FORBIDDEN' })
  await expect(save(viewer, { name: 'Mine' })).rejects.toEqual(refused)
  await expect(removeView(viewer, id, now)).rejects.toEqual(refused)
  const stranger = await member('owner')
  expect(await listViews(stranger)).toEqual([])
  const missing = expect.objectContaining({ code: 'NOT_FOUND' })
  await expect(removeView(stranger, id, now)).rejects.toEqual(missing)
  const { isDefault, ...view } = await only(me)
  const input = ChangeView.parse({ ...view, viewId: id, name: 'Taken over', isDefault: String(isDefault) })
  await expect(changeView(stranger, input, { ...view }, now)).rejects.toEqual(missing)
  expect(await only(me)).toMatchObject({ name: 'Dormant' })
})

test('names are taken once, views are counted, and what cannot be read is refused', async () => {
  const me = await member()
  await save(me, {})
  await expect(save(me, { query: 'status:active' })).rejects.toEqual(
    expect.objectContaining({ code: 'CONFLICT', field: 'name' }),
  )
  await expect(save(me, { name: 'Odd', query: 'status:nonsense' })).rejects.toEqual(
    expect.objectContaining({ code: 'INVALID_INPUT', field: 'query' }),
  )
  const others = Array.from({ length: VIEWS_MAX + 4 }, (_, i) => save(me, { name: `View ${i}` }).catch(() => null))
  const saved = (await Promise.all(others)).filter(Boolean)
  expect(saved).toHaveLength(VIEWS_MAX - 1)
  expect(await listViews(me)).toHaveLength(VIEWS_MAX)
})

test('one is the default at most', async () => {
  const me = await member()
  await save(me, { name: 'A', isDefault: 'on' })
  await Promise.all(['B', 'C', 'D'].map((name) => save(me, { name, isDefault: 'on' })))
  expect((await listViews(me)).filter(({ isDefault }) => isDefault)).toHaveLength(1)
})

test('two people change a view: other things go together, the same thing is refused with both', async () => {
  const me = await member()
  await save(me, {})
  const { id: viewId, ...was } = await only(me)
  const change = (fields: object, opened: object = was) =>
    changeView(me, ChangeView.parse({ viewId, ...was, ...fields }), { ...opened }, now)
  await change({ name: 'Asleep' })
  await change({ query: 'seen:never' })
  expect(await only(me)).toMatchObject({ name: 'Asleep', query: 'seen:never' })
  await expect(change({ query: 'seen:<7d' })).rejects.toMatchObject({
    code: 'CONFLICT',
    conflicts: [{ label: 'Filters', theirs: expect.stringContaining('seen:never') }],
  })
  await removeView(me, viewId, now)
  expect(await listViews(me)).toEqual([])
  const types = (
    await prisma.event.findMany({ where: { organizationId: me.organizationId }, orderBy: { id: 'asc' } })
  ).map(({ type }) => type)
  expect(types.toSorted()).toEqual(['view.changed', 'view.changed', 'view.removed', 'view.saved'])
})
