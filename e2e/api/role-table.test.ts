import { globSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import type { Member } from '#lib/base/actor.ts'
import { type ApiScope, apiScopes } from '#lib/base/permissions.ts'
import { createCustomerSession } from '#lib/customers/sessions.ts'
import { prisma } from '#lib/database/client.ts'
import { actions, callAction, rowOf, table } from '../actions.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { send } from '../http.ts'
import { downloadOf, downloadRoutes, routes, visitOf } from '../pages.ts'
import { actionRoles, callScopes, isEnough, pageRoles, ranks } from '../roles.ts'
import { rowsOf } from '../rows.ts'
import { sessionHeader } from '../session.ts'

// Every page, action and call with every role and scope; every action of customers with those who have no business there.

let shop: FullOrganization
let members: Record<(typeof ranks)[number], Member>
let cookies: Record<(typeof ranks)[number], string>

test.beforeAll(async () => {
  shop = await makeFullOrganization()
  members = {
    ...{ owner: shop.merchant, admin: await shop.member('admin') },
    ...{ support: await shop.member('support'), viewer: await shop.member('viewer') },
  }
})

// For each test anew: some of them sign out.
test.beforeEach(async () => {
  const of = async (member: Member) => (await sessionHeader(member.userId)).cookie
  cookies = {
    ...{ owner: await of(members.owner), admin: await of(members.admin) },
    ...{ support: await of(members.support), viewer: await of(members.viewer) },
  }
})

const DASHBOARD = '/dashboard/[organization]'
// In the order of the table, in which one can be called after the other.
const dashboardActions = Object.keys(table).filter((action) => action.startsWith(`app${DASHBOARD}/`))
const nameOf = (action: string) => action.slice(`app${DASHBOARD}/`.length)
const visit = (at: string, cookie?: string) => send({ method: 'GET', path: at, headers: { ...(cookie && { cookie }) } })
const strings = () => shop.keys.map(({ key }) => key)
const REFUSED = /Your role (does not allow this|cannot )/

// ---------------------------------------------------------------- complete

test('nothing is missing in the table of roles, and nothing in it is gone', () => {
  const pages = routes.filter((route) => route.startsWith(DASHBOARD)).map((route) => route.slice(DASHBOARD.length))
  expect(Object.keys(pageRoles).sort(), 'pages in e2e/roles.ts').toEqual(pages.sort())
  expect(Object.keys(actionRoles).sort(), 'actions in e2e/roles.ts').toEqual(dashboardActions.map(nameOf).sort())
})

// ---------------------------------------------------------------- pages

for (const role of ranks) {
  test(`${role}: every page shows what the role may see, and no page a whole key`, async () => {
    for (const [rest, least] of Object.entries(pageRoles)) {
      const { status, text } = await visit(visitOf(DASHBOARD + rest).path(shop), cookies[role])
      const about = `${rest || 'overview'} as ${role}`
      expect(status, about).toBe(200)
      if (isEnough(role, least)) expect(text, about).not.toMatch(REFUSED)
      else expect(text, about).toMatch(REFUSED)
      // Not even in what a browser gets and does not show: they are revealed one by one.
      for (const string of strings()) expect(text.includes(string), about).toBe(false)
    }
    for (const route of downloadRoutes) {
      const { text } = await visit(downloadOf(route)(shop), cookies[role])
      if (!isEnough(role, 'admin')) for (const string of strings()) expect(text.includes(string), route).toBe(false)
    }
  })
}

test('what moves pages is for members: nobody, customers and others are told nothing', async () => {
  const { cookie } = await sessionHeader(shop.alice.userId)
  const live = `/api/live/${shop.slug}?about=events`
  expect((await visit(live)).status).toBe(401)
  expect((await visit(live, cookie)).status).toBe(404)
})

// ---------------------------------------------------------------- actions

test('whoever has less than an action takes is refused, and changes nothing', async () => {
  const before = await rowsOf([shop.id])
  for (const action of dashboardActions) {
    const least = actionRoles[nameOf(action)] ?? 'owner'
    const form = rowOf(action).fields(shop)
    if (form === null) continue
    for (const role of ranks.filter((each) => !isEnough(each, least))) {
      const fields = { organization: shop.slug, ...form }
      const answer = await callAction(action, { ids: shop, fields, cookie: cookies[role] })
      const about = `${nameOf(action)} as ${role}: ${answer.body.slice(-300)}`
      expect(answer.status, about).toBeLessThan(500)
      expect(answer.isOk, about).toBe(false)
      expect(answer.body, about).toMatch(/does not allow this|ask an admin|Only an owner/i)
      for (const string of strings()) expect(answer.body.includes(string), about).toBe(false)
    }
  }
  expect(await rowsOf([shop.id])).toBe(before)
})

/** What of an action support may do, where the row of the table goes further than that. */
const asSupport: Record<string, Record<string, string>> = {
  'license-keys/[id]/actions.ts#changeKey': { activations: 'limited', activationLimit: '5' },
  'license-keys/[id]/edit/actions.ts#saveKey': { usage: '', note: 'Called', was: '{"note":"Taken over"}' },
}
/** Of those, what an admin began: support leaves it alone. */
const ofAdmins = [
  'bulk-changes/[id]/actions.ts#lookAtUndo',
  'bulk-changes/[id]/actions.ts#stopChange',
  'actions.ts#undoChange',
]

for (const role of ['admin', 'support'] as const) {
  test(`whoever has what an action takes does its work: ${role}`, async () => {
    test.setTimeout(120_000)
    const own = await makeFullOrganization()
    const member = await own.member(role)
    const { cookie } = await sessionHeader(member.userId)
    await prisma.user.update({ where: { id: member.userId }, data: { twoStepAt: new Date() } })
    for (const action of dashboardActions) {
      const name = nameOf(action)
      const { fields, reads } = rowOf(action)
      const form = fields(own)
      if (form === null || !isEnough(role, actionRoles[name] ?? 'owner')) continue
      if (role === 'support' && ofAdmins.includes(name)) continue
      const given = { organization: own.slug, ...form, ...(role === 'support' && asSupport[name]) }
      const answer = await callAction(action, { ids: own, fields: given, cookie })
      const about = `${name} as ${role}: ${answer.body.slice(-400)}`
      expect(answer.body, about).not.toMatch(/does not allow this|ask an admin/i)
      if (reads) expect(answer.isOk, about).toBe(true)
    }
  })
}

test('support reveals and exports keys once an owner allows it, and not before', async () => {
  const reveal = `app${DASHBOARD}/license-keys/[id]/actions.ts#revealKey`
  const ask = () =>
    callAction(reveal, {
      ids: shop,
      fields: { organization: shop.slug, licenseKeyId: shop.keyId },
      cookie: cookies.support,
    })
  const list = `/dashboard/${shop.slug}/license-keys/export?format=json`
  expect((await ask()).isOk).toBe(false)
  const where = { organizationId: shop.id }
  await prisma.supportSettings.create({ data: { ...where, seesKeys: true } })
  expect((await ask()).body).toContain(shop.key.key)
  expect((await visit(list, cookies.support)).text).toContain(shop.key.key)
  expect((await visit(list, cookies.viewer)).text).not.toContain(shop.key.key)
  await prisma.supportSettings.delete({ where })
  expect((await ask()).isOk).toBe(false)
})

// ---------------------------------------------------------------- calls of programs

type Operation = { method: string; path: string }

async function operations(): Promise<Operation[]> {
  const { json } = await send({ method: 'GET', path: '/api/openapi.json' })
  return Object.entries(json.paths as Record<string, Record<string, object>>).flatMap(([at, methods]) =>
    Object.keys(methods)
      .filter((method) => /^(get|post|put|patch|delete)$/.test(method) && at.startsWith('/api/v1'))
      .map((method) => ({ method: method.toUpperCase(), path: at.slice('/api/v1'.length) })),
  )
}

test('every call of the management API takes exactly its scopes, and somebody', async () => {
  const all = await operations()
  expect(all.map(({ method, path: at }) => `${method} ${at}`).sort(), 'calls in e2e/roles.ts').toEqual(
    Object.keys(callScopes).sort(),
  )
  const tokens = new Map<string, string>()
  const tokenOf = async (scopes: readonly ApiScope[]) => {
    const name = [...scopes].sort().join()
    const token = tokens.get(name) ?? (await shop.apiKey([...scopes]))
    tokens.set(name, token)
    return token
  }
  const { cookie } = await sessionHeader(shop.merchant.userId)
  for (const { method, path: at } of all) {
    const about = `${method} ${at}`
    const ask = (headers: Record<string, string>) =>
      // Of an id that nothing has: who gets past the scopes finds nothing, and changes nothing.
      send({
        ...{ method, headers, path: `/api/v1${at.replace('{id}', '00000000-0000-4000-8000-000000000000')}` },
        ...(method !== 'GET' && { body: {} }),
      })
    expect((await ask({})).status, `${about} by nobody`).toBe(401)
    expect((await ask({ cookie })).status, `${about} by an owner's cookie`).toBe(401)
    const scopes = callScopes[about] ?? []
    for (const missing of scopes) {
      const others = apiScopes.filter((scope) => scope !== missing && !covers(scope, missing))
      const answer = await ask({ authorization: `Bearer ${await tokenOf(others)}` })
      expect(answer.status, `${about} without ${missing}`).toBe(403)
    }
    if (scopes.length === 0) continue
    const answer = await ask({ authorization: `Bearer ${await tokenOf(scopes)}` })
    expect(answer.status, `${about} with ${scopes}: ${answer.text.slice(0, 200)}`).not.toBe(403)
    expect(answer.status, about).toBeLessThan(500)
  }
})

/** Whoever writes or reveals may read. */
const covers = (held: ApiScope, asked: ApiScope) =>
  asked.endsWith(':read') && held.split(':')[0] === asked.split(':')[0]

/** Routes of the app itself below /api, and what somebody without anything is answered. */
const apiRoutes: Record<string, [path: string, status: number]> = {
  '[[...path]]': ['/api/nothing-there', 404],
  'auth/[...nextauth]': ['/api/auth/session', 200],
  health: ['/api/health', 200],
  'license/[[...path]]': ['/api/license/validate', 405],
  'live/[organization]': ['/api/live/nobody', 401],
  metrics: ['/api/metrics', 401],
  'openapi.json': ['/api/openapi.json', 200],
  ready: ['/api/ready', 200],
  'reminders/stop': ['/api/reminders/stop', 303],
  'stores/[[...path]]': ['/api/stores/nothing-there', 405],
  'v1/[[...path]]': ['/api/v1/organization', 401],
}

test('every route below /api is known, and says nothing of the organization to nobody', async () => {
  const app = path.join(import.meta.dirname, '../../app/api')
  const found = globSync('**/route.ts', { cwd: app }).map((file) => path.dirname(file).replace(/^\.$/, ''))
  expect(Object.keys(apiRoutes).sort(), 'routes in this file').toEqual(found.sort())
  for (const [route, [at, status]] of Object.entries(apiRoutes)) {
    const answer = await visit(at)
    expect(answer.status, route).toBe(status)
    expect(answer.text, route).not.toContain(shop.mark)
  }
})

// ---------------------------------------------------------------- customers

test('what customers do is done by whose it is: not by another one, a session of the portal, members or nobody', async () => {
  const of = async (userId: string) => (await sessionHeader(userId)).cookie
  const portal = async (customerId: string) =>
    (await createCustomerSession(members.owner, { customerId, externalId: null }, new Date())).token
  const alices = await portal(shop.customerId)
  const attackers: [who: string, headers: Record<string, string>][] = [
    ['another customer', { cookie: await of(shop.bob.userId) }],
    ['an owner of the organization', { cookie: cookies.owner }],
    ['her own session of the portal', { authorization: `Bearer ${alices}` }],
    ['the same as a cookie', { cookie: `next-auth.session-token=${alices}` }],
    ['an API key', { authorization: `Bearer ${shop.token}` }],
    ['nobody', {}],
  ]
  const before = await rowsOf([shop.keyId])
  const mine = actions.filter((action) => rowOf(action).customer && !rowOf(action).ownAccount)
  expect(mine.length).toBeGreaterThan(5)
  for (const action of mine) {
    for (const [who, headers] of attackers) {
      const answer = await callAction(action, { ids: shop, fields: rowOf(action).fields(shop), headers })
      const about = `${action} by ${who}: ${answer.body.slice(-200)}`
      expect(answer.status, about).toBeLessThan(500)
      expect(answer.isOk, about).toBe(false)
      for (const string of strings()) expect(answer.body.includes(string), about).toBe(false)
    }
  }
  for (const route of routes.filter((each) => visitOf(each).as === 'customer' && each.includes('['))) {
    for (const [who, headers] of attackers) {
      const { text } = await send({ method: 'GET', path: visitOf(route).path(shop), headers })
      for (const secret of [...strings(), shop.mark]) expect(text.includes(secret), `${route} by ${who}`).toBe(false)
    }
  }
  expect(await rowsOf([shop.keyId])).toBe(before)
})
