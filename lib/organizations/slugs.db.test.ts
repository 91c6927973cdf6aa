import { expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { foundOrganization, OWNED_MAX } from './found.ts'
import { mayFound } from './rules.ts'
import { changeSlug } from './slugs.ts'

const now = new Date('2026-11-30T12:00:00Z')
const name = () => `s-${newId().slice(-12)}`

async function makeShop(slug = name()) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug, name: 'Fable' } })
  const owner: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'o@example.com', name: 'Olga', organizationId, role: 'owner' },
  }
  return { slug, organizationId, owner }
}

test('a former address stays the organization’s, and can be taken again', async () => {
  const shop = await makeShop()
  const other = await makeShop()
  const next = name()
  await changeSlug(shop.owner, { slug: next, from: shop.slug }, now)
  for (const slug of [next, shop.slug])
    await expect(changeSlug(other.owner, { slug, from: other.slug }, now)).rejects.toMatchObject({
      code: 'CONFLICT',
      field: 'slug',
    })
  await changeSlug(shop.owner, { slug: shop.slug, from: next }, now)
  const former = await prisma.formerSlug.findMany({ where: { organizationId: shop.organizationId } })
  expect(former.map(({ slug }) => slug)).toEqual([next])
  expect(await prisma.event.count({ where: { organizationId: shop.organizationId } })).toBe(2)
})

test('whoever changed it first is not overwritten, support may not, and of two who want one name one gets it', async () => {
  const shop = await makeShop()
  await changeSlug(shop.owner, { slug: name(), from: shop.slug }, now)
  await expect(changeSlug(shop.owner, { slug: name(), from: shop.slug }, now)).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  await expect(
    changeSlug({ ...shop.owner, role: 'support' }, { slug: name(), from: shop.slug }, now),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  const shops = await Promise.all([1, 2, 3, 4].map(() => makeShop()))
  const wanted = name()
  const came = await Promise.allSettled(
    shops.map(({ owner, slug }) => changeSlug(owner, { slug: wanted, from: slug }, now)),
  )
  expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('however often it was changed, it goes back to one that it had', async () => {
  const shop = await makeShop()
  let from = shop.slug
  const change = async (slug: string) => {
    await changeSlug(shop.owner, { slug, from }, now)
    from = slug
  }
  for (let i = 0; i < 20; i++) await change(name())
  await expect(change(name())).rejects.toMatchObject({ code: 'CONFLICT' })
  await change(shop.slug)
})

test('who may make an organization is said by the installation, and nobody by default', async () => {
  expect(
    ['nobody', 'members', 'anyone'].map((who) => [true, false].map((is) => mayFound(who as 'nobody', is))),
  ).toEqual([
    [false, false],
    [true, false],
    [true, true],
  ])
  const user = await prisma.user.create({ data: { email: `${newId()}@example.com` } })
  const person = {
    ...{ userId: user.id, email: user.email, name: null, from: { address: null, device: null }, isMember: true },
  }
  await expect(foundOrganization(person, { name: 'Mine', slug: name() }, now)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  expect(OWNED_MAX).toBeGreaterThan(1)
})
