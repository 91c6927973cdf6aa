import { expect, test } from '@playwright/test'
import type { Member } from '#lib/base/actor.ts'
import { prisma } from '#lib/database/client.ts'
import { actions, builtActions, callAction, rowOf, table } from '../actions.ts'
import { forgetNetwork } from '../attempts.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { send } from '../http.ts'
import { downloadOf, downloadRoutes, type Ids, routes, visitOf } from '../pages.ts'
import { idsOf, rowsOf } from '../rows.ts'
import { sessionHeader } from '../session.ts'

let victim: FullOrganization
let stranger: FullOrganization
let viewer: Member
/** Cookies of those who have no business with the victim. */
let cookies: Record<'owner of another organization' | 'customer of another organization' | 'nobody', string | undefined>

test.beforeAll(async () => {
  victim = await makeFullOrganization()
  stranger = await makeFullOrganization()
  viewer = await victim.member('viewer')
})

// For each test anew: some of them sign out.
test.beforeEach(async () => {
  cookies = {
    'owner of another organization': (await sessionHeader(stranger.merchant.userId)).cookie,
    'customer of another organization': (await sessionHeader(stranger.alice.userId)).cookie,
    nobody: undefined,
  }
  // Attempts of earlier runs against the same server would count.
  await forgetNetwork()
})

/** What in an answer belongs to the victim and was not in the question. */
function leaksIn(body: string, ids: Set<string>, asked: string): string[] {
  const text = body.toLowerCase()
  const names = [victim.mark, ...victim.keys.map(({ key }) => key.toLowerCase())]
  const tails = victim.keys.map(({ key }) => key.slice(-6).toLowerCase())
  return [...names, ...tails, ...ids].filter((secret) => text.includes(secret) && !asked.toLowerCase().includes(secret))
}

async function visit(path: string, cookie: string | undefined, headers: Record<string, string> = {}) {
  return send({ method: 'GET', path, headers: { ...headers, ...(cookie && { cookie }) } })
}

// ---------------------------------------------------------------- pages

const isOfSomebody = (route: string) => route.includes('[') && !route.startsWith('/docs/')
/** As a document, and as Next asks for it when a link is followed or hovered over. */
const waysToAsk = { document: {}, navigation: { RSC: '1' }, prefetch: { RSC: '1', 'Next-Router-Prefetch': '1' } }

for (const route of routes) {
  test(`page ${route} shows nothing of another organization`, async () => {
    const ids = await idsOf(victim)
    const mixed: Ids = { ...victim, slug: stranger.slug }
    const paths = new Set([visitOf(route).path(victim), visitOf(route).path(mixed)])
    for (const path of paths) {
      // Without an id of the victim in it, the address leads to the visitor's own pages.
      const isVictims = isOfSomebody(route) && (path.includes(victim.slug) || [...ids].some((id) => path.includes(id)))
      for (const [who, cookie] of Object.entries(cookies)) {
        for (const [how, headers] of Object.entries(waysToAsk)) {
          const { status, text, headers: answered } = await visit(path, cookie, headers)
          const about = `${path} as ${who}, ${how}`
          expect(leaksIn(text + JSON.stringify(answered), ids, path), about).toEqual([])
          expect(status, about).toBeLessThan(500)
          if (!isVictims || how !== 'document') continue
          if (status === 307) expect(answered.location, about).toMatch(/^(http:\/\/[^/]+)?\/login(\?|$)/)
          else {
            // Below a loading state the status has left before the page is found missing.
            if (path.includes(victim.slug) || route.startsWith('/outbox')) expect(status, about).toBe(404)
            expect(text, about).toContain('Page not found')
            expect(text, about).toContain('noindex')
          }
        }
      }
    }
  })
}

for (const route of downloadRoutes) {
  test(`download ${route} hands out nothing of another organization`, async () => {
    const ids = await idsOf(victim)
    const before = await rowsOf(ids, victim.since)
    const mixed: Ids = { ...victim, slug: stranger.slug }
    for (const path of new Set([downloadOf(route)(victim), downloadOf(route)(mixed)])) {
      for (const [who, cookie] of Object.entries(cookies)) {
        const { status, text, headers: answered } = await visit(path, cookie)
        const about = `${path} as ${who}`
        expect(leaksIn(text + JSON.stringify(answered), ids, path), about).toEqual([])
        if (status === 307) expect(answered.location, about).toMatch(/^(http:\/\/[^/]+)?\/login(\?|$)/)
        else if (status !== 404) {
          // Without an id of the victim in it, the address leads to the visitor's own file.
          expect(path.includes(victim.slug), about).toBe(false)
          expect(status, about).toBe(200)
        }
      }
    }
    expect(await rowsOf(ids, victim.since), 'rows of the victim').toBe(before)
    const owner = (await sessionHeader(victim.merchant.userId)).cookie
    const { status, text } = await visit(downloadOf(route)(victim), owner)
    expect(status).toBe(200)
    expect(text).toContain(victim.mark)
  })
}

test('a viewer exports no key string, and does not have the files of an import', async () => {
  const { cookie } = await sessionHeader(viewer.userId)
  for (const format of ['csv', 'json']) {
    const { status, text } = await visit(`/dashboard/${victim.slug}/license-keys/export?format=${format}`, cookie)
    expect(status).toBe(200)
    expect(text).toContain('masked_key')
    for (const { key } of victim.keys) expect(text).not.toContain(key)
  }
})

test('the same pages are shown to those they belong to, so what is looked for above would be seen', async () => {
  const owner = (await sessionHeader(victim.merchant.userId)).cookie
  const alice = (await sessionHeader(victim.alice.userId)).cookie
  for (const route of routes.filter(isOfSomebody)) {
    const { path, as, demo } = visitOf(route)
    if (demo) continue
    const { status, text } = await visit(path(victim), as === 'customer' ? alice : owner)
    expect(status, route).toBe(200)
    expect(text, route).toContain(victim.mark)
  }
})

test('lists and forms of an organization cannot be made to show what belongs to another', async () => {
  const ids = await idsOf(victim)
  const base = `/dashboard/${stranger.slug}`
  const { configurationId, productId, customerId, keyId, key, alice, mark } = victim
  for (const path of [
    `${base}/license-keys?q=${encodeURIComponent(key.key)}`,
    `${base}/license-keys?q=${key.key.slice(-6)}`,
    `${base}/license-keys?q=${alice.email}`,
    `${base}/license-keys?configuration=${configurationId}`,
    `${base}/license-keys?product=${productId}`,
    `${base}/license-keys/new?configuration=${configurationId}&product=${productId}`,
    `${base}/activations?q=${mark}&key=${keyId}&configuration=${configurationId}&product=${productId}`,
    `${base}/customers?q=${mark}`,
    `${base}/products?q=${mark}&status=all`,
    `${base}/key-configurations?q=${mark}&status=all`,
    `${base}/history?q=${mark}&key=${keyId}&customer=${customerId}`,
  ]) {
    const { status, text } = await visit(path, cookies['owner of another organization'])
    expect(status, path).toBe(200)
    expect(leaksIn(text, ids, decodeURIComponent(path)), path).toEqual([])
  }
})

test('without LATCHKEY_DEMO there is no outbox, not even for the owner of the mail', async () => {
  const owner = (await sessionHeader(victim.merchant.userId)).cookie
  for (const path of ['/outbox', `/outbox?to=${victim.alice.email}`, `/outbox/${victim.mailId}`]) {
    const { status, text } = await visit(path, owner)
    expect(status, path).toBe(404)
    expect(text, path).toContain('Page not found')
    expect(text, path).not.toContain(victim.key.key)
  }
})

// ---------------------------------------------------------------- actions

test('the table knows every action, and the build has no other', () => {
  for (const action of actions) rowOf(action)
  expect(Object.keys(table).sort(), 'rows of actions that are gone').toEqual(actions)
  expect(builtActions, 'actions that are not declared as exports of a file').toEqual(actions)
})

type Attack = { who: string; cookie: string | undefined; organization: string; of: FullOrganization; maySee?: true }

for (const action of actions) {
  test(`action ${action.replace(/^app\//, '')} changes and tells nothing of another organization`, async () => {
    const { fields, customer, open, reads, begins, everyMember, ownAccount } = rowOf(action)
    const ids = await idsOf(victim)
    const owner = cookies['owner of another organization']
    const other = cookies['customer of another organization']
    const own = (await sessionHeader(victim.bob.userId)).cookie
    const attacks: Attack[] = [
      { who: 'stranger, with the slug of the victim', cookie: owner, organization: victim.slug, of: victim },
      ...(begins
        ? []
        : [{ who: 'stranger, with their own slug', cookie: owner, organization: stranger.slug, of: victim }]),
      { who: 'customer of another organization', cookie: other, organization: victim.slug, of: victim },
      ...(ownAccount
        ? []
        : [
            {
              who: 'another customer of the same organization',
              cookie: own,
              organization: victim.slug,
              of: victim,
            },
          ]),
      { who: 'nobody', cookie: undefined, organization: victim.slug, of: victim },
    ]
    if (!customer && !open && !everyMember) {
      const cookie = (await sessionHeader(viewer.userId)).cookie
      attacks.push({ who: 'viewer', cookie, organization: victim.slug, of: victim, maySee: true })
    }
    const before = await rowsOf(ids, victim.since)
    for (const { who, cookie, organization, of, maySee } of attacks) {
      const form = fields(of)
      const asked = { ...(form && !customer && !open && { organization }), ...form }
      const answer = await callAction(action, { ids: { ...of, slug: organization }, fields: form && asked, cookie })
      expect(answer.status, who).toBeLessThan(500)
      expect(answer.body, who).not.toContain('Something went wrong')
      const question = JSON.stringify(asked) + answer.path
      if (maySee) {
        if (!reads) expect(answer.isOk, who).toBe(false)
        for (const { key } of victim.keys) expect(answer.body, who).not.toContain(key)
      } else {
        expect(leaksIn(answer.body, ids, question), who).toEqual([])
        // To count nothing is an answer too.
        if (reads) expect(answer.body, who).not.toMatch(/"(keys|devices|customers)":[1-9]/)
        else expect(answer.isOk, who).toBe(false)
      }
    }
    expect(await rowsOf(ids, victim.since), 'rows of the victim').toBe(before)
  })
}

// ---------------------------------------------------------------- license routes

test('client software of another organization finds no key of this one', async () => {
  const ids = await idsOf(victim)
  const before = await rowsOf(ids, victim.since)
  const { key } = victim.key
  const asked = { key, organization_id: stranger.id }
  for (const { verb, body } of [
    { verb: 'validate', body: asked },
    { verb: 'validate', body: { ...asked, activation_id: victim.activations[0], increment_usage: 1 } },
    { verb: 'validate', body: { ...asked, benefit_id: victim.configurationId, customer_id: victim.customerId } },
    { verb: 'activate', body: { ...asked, label: 'Thief' } },
    { verb: 'activate', body: { ...asked, label: 'Thief', replace_activation_id: victim.activations[2] } },
    { verb: 'deactivate', body: { ...asked, activation_id: victim.activations[2] } },
  ]) {
    const { status, json, text } = await send({ path: `/api/license/${verb}`, body })
    expect(status, verb).toBe(verb === 'validate' ? 200 : 404)
    expect(json.code, verb).toBe('NOT_FOUND')
    for (const field of ['id', 'user_id', 'benefit_id', 'key', 'display_key', 'status', 'expires_at', 'activation'])
      expect(json[field] ?? null, `${verb}: ${field}`).toBeNull()
    expect(leaksIn(text, ids, JSON.stringify(body)), verb).toEqual([])
  }
  expect(await rowsOf(ids, victim.since)).toBe(before)
})

// ---------------------------------------------------------------- what the attacks would have done

// The last: what it begins goes on in the background.
test('each of these actions, called in the same way by whom it belongs to, does its work', async () => {
  const owner = (await sessionHeader(victim.merchant.userId)).cookie
  const alice = (await sessionHeader(victim.alice.userId)).cookie
  const ids = new Set([victim.id])
  // Who requires two-step sign-in of others has it.
  await prisma.user.update({ where: { id: victim.merchant.userId }, data: { twoStepAt: new Date() } })
  for (const [action, { fields, reads, open, customer }] of Object.entries(table)) {
    if (open) continue
    // Attackers asked for mails in vain, so the customer's own three an hour are still there.
    const form = { ...(!customer && { organization: victim.slug }), ...fields(victim) }
    const before = await rowsOf(ids, victim.since)
    const answer = await callAction(action, { ids: victim, fields: form, cookie: customer ? alice : owner })
    expect(answer.isOk || answer.redirect !== null, `${action}: ${answer.body.slice(-600)}`).toBe(true)
    if (!reads) expect(await rowsOf(ids, victim.since), action).not.toBe(before)
  }
})
