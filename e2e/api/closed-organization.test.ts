import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { actions, callAction, rowOf, table } from '../actions.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { send } from '../http.ts'
import { downloadOf, downloadRoutes, visitOf } from '../pages.ts'
import { pageRoles } from '../roles.ts'
import { rowsOf } from '../rows.ts'
import { sessionHeader } from '../session.ts'

// An organization that keeps a session out, by how it was begun or for want of a second step: every page, file, stream and action.

const DASHBOARD = '/dashboard/[organization]'
const dashboardActions = Object.keys(table).filter((action) => action.startsWith(`app${DASHBOARD}/`))

let shop: FullOrganization
test.beforeAll(async () => {
  shop = await makeFullOrganization()
})

const visit = (path: string, cookie: string) => send({ method: 'GET', path, headers: { cookie } })
const shows = (text: string) => [shop.mark, ...shop.keys.map(({ key }) => key)].filter((each) => text.includes(each))

const closings = [
  {
    name: 'by how it was begun',
    data: { signInWays: ['passkey'] },
    leadsTo: /\/login\/way\?organization=/,
  },
  { name: 'for want of a second step', data: { requireTwoStep: true }, leadsTo: /\/account\/two-step\?required=/ },
]

for (const { name, data, leadsTo } of closings) {
  test(`a session that is kept out ${name} sees, gets and does nothing`, async () => {
    test.setTimeout(120_000)
    const where = { id: shop.id }
    await prisma.organization.update({ where, data })
    const { cookie } = await sessionHeader(shop.merchant.userId)
    for (const rest of Object.keys(pageRoles)) {
      const { headers, text } = await visit(visitOf(DASHBOARD + rest).path(shop), cookie)
      expect(`${headers.location ?? ''} ${text}`, rest).toMatch(leadsTo)
      expect(shows(text), rest).toEqual([])
    }
    for (const route of downloadRoutes) {
      const { headers, text } = await visit(downloadOf(route)(shop), cookie)
      expect(`${headers.location ?? ''} ${text}`, route).toMatch(leadsTo)
      expect(shows(text), route).toEqual([])
    }
    expect((await visit(`/api/live/${shop.slug}?about=events`, cookie)).status).toBe(404)

    const before = await rowsOf([shop.id])
    for (const action of dashboardActions) {
      const form = rowOf(action).fields(shop)
      if (form === null) continue
      const answer = await callAction(action, { ids: shop, fields: { organization: shop.slug, ...form }, cookie })
      expect(answer.isOk, action).toBe(false)
      expect(answer.redirect ?? answer.body, action).toMatch(leadsTo)
      for (const { key } of shop.keys) expect(answer.body.includes(key), action).toBe(false)
    }
    expect(await rowsOf([shop.id])).toBe(before)

    // From another organization of the same person, a key is not found either.
    const slug = `open-${shop.slug}`.slice(0, 40)
    const memberships = { create: { userId: shop.merchant.userId, role: 'owner' as const } }
    const other = await prisma.organization.create({ data: { name: 'Open', slug, memberships } })
    const find = (action: string) =>
      callAction(action, { ids: shop, fields: { organization: slug, words: shop.key.key }, cookie })
    const action = actions.find((each) => each === `app${DASHBOARD}/actions.ts#find`) ?? ''
    const found = await find(action)
    expect(found.isOk).toBe(true)
    expect(found.body).not.toContain(shop.keyId)
    await prisma.organization.update({ where, data: { signInWays: [], requireTwoStep: false } })
    expect((await find(action)).body).toContain(shop.keyId)
    await prisma.organization.delete({ where: { id: other.id } })
  })
}

test('a session that was begun in an allowed way, or by the console, is let in; programs and customers are not asked', async () => {
  const where = { id: shop.id }
  await prisma.organization.update({ where, data: { signInWays: ['passkey'] } })
  for (const [how, status] of [
    ['passkey', 200],
    ['console', 200],
    ['password', 307],
    ['link', 307],
    ['google', 307],
  ] as const) {
    const { cookie } = await sessionHeader(shop.merchant.userId, how)
    expect((await visit(`/dashboard/${shop.slug}/settings/members`, cookie)).status, how).toBe(status)
  }
  const { cookie } = await sessionHeader(shop.alice.userId, 'link')
  expect((await visit(`/purchases/${shop.keyId}`, cookie)).status).toBe(200)
  await prisma.organization.update({ where, data: { signInWays: [] } })
})
