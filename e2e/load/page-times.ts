// How long the pages and lists of a big organization take, over HTTP and one at a time: npm run bench -- --pages.

import { activationSorts } from '#lib/activations/plain.ts'
import { DAY_MS } from '#lib/base/days.ts'
import { apiScopes } from '#lib/base/permissions.ts'
import { customerSorts } from '#lib/customers/plain.ts'
import { prisma } from '#lib/database/client.ts'
import { eventGroups } from '#lib/events/plain.ts'
import { licenseKeySorts, shownStatuses } from '#lib/license-keys/plain.ts'
import { mailStates } from '#lib/mail/plain.ts'
import { createApiKey } from '#lib/organizations/commands.ts'
import { figuresOf } from '#lib/overview/figures.ts'
import { spanNames } from '#lib/overview/plain.ts'
import { stepsOf } from '#lib/overview/rules.ts'
import { purchaseSorts } from '#lib/purchases/plain.ts'
import { callAction } from '../actions.ts'
import { sessionHeader } from '../session.ts'
import type { BigOrganization } from './big-organization.ts'

/** Milliseconds until the last byte: the middle, and what 95 of 100 stay under. */
export type PageTime = { name: string; median: number; p95: number; bar: number }

const TIMES = 20
// Code is compiled and plans are made.
const WARM = 2

/** So many milliseconds a page may take with nothing else running, and the command menu while somebody types. */
const PAGE_BAR = 200
const PALETTE_BAR = 100
/** Of the overview, what goes through all rows is read behind the pages that show it, at most once a minute. */
const BEHIND_BAR = 2_000

/** What people type into the search of keys, and what it is. */
const termsOf = ({ key, email, reference, device, fingerprint }: BigOrganization): Record<string, string> => ({
  ...{ 'a whole key': key, 'a key typed by hand': key.toLowerCase().replaceAll('-', ' '), 'an unknown key': `${key}0` },
  ...{
    'the end of a key': key.slice(-6),
    'an order number': reference,
    'part of an order number': reference.slice(-4),
  },
  ...{ 'an address': email, 'part of a name': 'jose', 'two names': 'herrera jose', 'a device': device },
  ...{
    'a device and a name': 'thinkpad zoe',
    'a fingerprint': fingerprint,
    'words of a note': 'koln',
    nothing: 'qqxxqq',
  },
  ...{ 'nearly everything': 'example', 'one letter': 'a', 'two letters': 'an' },
})

/** A list: where it is, its orders, its filters, and how many rows there are about. */
type List = { at: string; sorts: readonly string[]; filters?: Record<string, Record<string, string>>; rows: number }

const each = (name: string, values: readonly string[]): Record<string, Record<string, string>> =>
  Object.fromEntries(values.map((value) => [`${name} ${value}`, { [name]: value }]))

/** The lists that the dashboard has. */
function listsOf(big: BigOrganization): Record<string, List> {
  const today = new Date()
  const day = (back: number) => new Date(today.getTime() - back * DAY_MS).toISOString().slice(0, 10)
  return {
    'license-keys': {
      ...{ at: '/license-keys', sorts: licenseKeySorts, rows: 100_000 },
      filters: {
        ...each('status', shownStatuses),
        'of a configuration': { configuration: big.configurationId },
        'of a product': { product: big.productId },
      },
    },
    customers: { at: '/customers', sorts: customerSorts, rows: 80_000 },
    activations: {
      ...{ at: '/activations', sorts: activationSorts, rows: 120_000 },
      filters: { ...each('state', ['deactivated', 'all']), ...each('idle', ['30', '90']) },
    },
    purchases: {
      ...{ at: '/purchases', sorts: purchaseSorts, rows: 80_000 },
      filters: {
        ...each('state', ['active', 'refunded']),
        ...each('store', ['store']),
        'of a product': { product: big.productId },
      },
    },
    history: {
      ...{ at: '/history', sorts: ['at'], rows: 2_000_000 },
      filters: {
        ...each('what', Object.keys(eventGroups)),
        ...each('who', ['merchant', 'software', 'customer', 'store', 'system']),
        'of one month': { from: day(400), to: day(370) },
        'of keys by your team': { what: 'keys', who: 'merchant' },
      },
    },
    mails: {
      ...{ at: '/settings/mail/sent', sorts: ['createdAt'], rows: 150_000 },
      filters: { ...each('state', mailStates), ...each('template', ['license-key']) },
    },
    deliveries: {
      ...{ at: `/settings/stores/${big.connectionId}/deliveries`, sorts: ['receivedAt'], rows: 150_000 },
      filters: each('state', ['done', 'failed', 'waiting']),
    },
    messages: {
      ...{ at: `/settings/webhooks/${big.endpointId}`, sorts: ['createdAt'], rows: 100_000 },
      filters: { ...each('state', ['sent', 'failed', 'waiting']), ...each('type', ['license_key.updated']) },
    },
    'security log': { at: '/settings/security', sorts: ['at'], rows: 1 },
  }
}

const SIZE = 50
const NUMBERED = 10_000
const BEYOND = 'far by its mark'

/** Every filter of the list of keys, as its address has it. */
const keyFiltersOf = ({ email, reference }: BigOrganization): [string, string][] => [
  ...Object.entries({
    reason: 'by_hand',
    product: 'none',
    customer: email,
    order: reference,
    purchase: 'past_due,refunded',
  }),
  ...(['<30d', '>2027', 'never', '-<1y'] as const).map((value): [string, string] => ['expires', value]),
  ...(['<30d', '-<30d', '>90d', 'never'] as const).map((value): [string, string] => ['seen', value]),
  ...Object.entries({
    ended: '<30d',
    issued: '2026-01-01..2026-03-31',
    customer: 'jose',
    tag: 'beta',
    meta: 'team="team 11"',
  }),
  ...(['now', 'before', 'never'] as const).map((value): [string, string] => ['activated', value]),
  ...(['at', 'over', '-at'] as const).map((value): [string, string] => ['limit', value]),
  ...(['now', '<24h', '-<24h'] as const).map((value): [string, string] => ['refused', value]),
  ...(['>0', '>60', '<30'] as const).map((value): [string, string] => ['risk', value]),
]

/** Every list of the organization: as it opens, far behind, in its orders, narrowed and searched; and pages of one thing. */
function pathsOf(big: BigOrganization): Record<string, string> {
  const of = (rest: string, query: Record<string, string | number> = {}) =>
    `/dashboard/${big.slug}${rest}?${new URLSearchParams(Object.entries(query).map(([name, to]) => [name, String(to)]))}`
  const paths: Record<string, string> = { overview: of('') }
  for (const span of spanNames) paths[`overview, ${span}`] = of('', { span })
  for (const [list, { at, sorts, filters, rows }] of Object.entries(listsOf(big))) {
    const last = Math.ceil(rows / SIZE)
    for (const sort of sorts) {
      for (const dir of ['desc', 'asc']) paths[`${list} by ${sort} ${dir}`] = of(at, { sort, dir })
      // The last one that is found by its number, and one beyond it, found by its mark.
      if (rows > NUMBERED)
        paths[`${list} by ${sort}, page ${NUMBERED / SIZE}`] = of(at, { sort, page: NUMBERED / SIZE, size: SIZE })
      if (rows > NUMBERED) paths[`${list} by ${sort}, ${BEYOND}`] = of(at, { sort, page: NUMBERED / SIZE, size: SIZE })
      if (rows > NUMBERED && rows < 1_000_000)
        paths[`${list} by ${sort}, page ${last}`] = of(at, { sort, page: last, size: SIZE })
    }
    for (const [name, filter] of Object.entries(filters ?? {})) {
      paths[`${list}, ${name}`] = of(at, filter)
      paths[`${list}, ${name}, page 150`] = of(at, { ...filter, page: 150, size: SIZE })
    }
    for (const [name, q] of Object.entries(termsOf(big)))
      if (rows > 1) paths[`${list}, search: ${name}`] = of(at, { q })
  }
  paths['license-keys, search: part of a name, page 100'] = of('/license-keys', { q: 'jose', page: 100, size: SIZE })
  for (const [name, value] of keyFiltersOf(big))
    paths[`license-keys, ${name}:${value}`] = of('/license-keys', { [name]: value })
  const open = { open: big.keyId }
  paths['a key open beside the list of keys'] = of('/license-keys', open)
  paths['a key open beside a filtered list'] = of('/license-keys', { ...open, status: 'active', customer: 'jose' })
  paths['a key open beside its customer'] = of(`/customers/${big.customerId}`, open)
  paths['a key open beside its purchase'] = of(`/purchases/${big.purchaseId}`, open)
  for (const list of ['risk', 'trouble', 'live']) paths[`a key open beside ${list}`] = of(`/${list}`, open)
  paths.risk = of('/risk')
  paths.trouble = of('/trouble')
  paths.live = of('/live')
  paths['one key'] = of(`/license-keys/${big.keyId}`)
  paths['one key, to edit'] = of(`/license-keys/${big.keyId}/edit`)
  paths['one customer'] = of(`/customers/${big.customerId}`)
  paths['one purchase'] = of(`/purchases/${big.purchaseId}`)
  paths.products = of('/products')
  paths['products by keys'] = of('/products', { sort: 'keys', dir: 'desc' })
  paths['one product'] = of(`/products/${big.productId}`)
  paths.configurations = of('/key-configurations')
  paths['configurations by keys'] = of('/key-configurations', { sort: 'keys', dir: 'desc' })
  paths['one configuration'] = of(`/key-configurations/${big.configurationId}`)
  paths['a key to issue'] = of('/license-keys/new')
  paths.imports = of('/imports')
  paths.stores = of('/settings/stores')
  paths['one store'] = of(`/settings/stores/${big.connectionId}`)
  paths['one delivery'] = of(`/settings/stores/${big.connectionId}/deliveries/${big.deliveryId}`)
  paths.webhooks = of('/settings/webhooks')
  paths['one message'] = of(`/settings/webhooks/${big.endpointId}/messages/${big.messageId}`)
  paths['background work'] = of('/settings/background-work')
  return paths
}

/** What people type into the command menu. */
const paletteOf = (big: BigOrganization): Record<string, string> => {
  const { nothing = '', ...terms } = termsOf(big)
  const some = ['a whole key', 'a key typed by hand', 'an unknown key', 'the end of a key', 'an order number']
    .concat(['part of an order number', 'an address', 'part of a name', 'two names', 'two letters'])
    .map((name) => [name, terms[name] ?? ''])
  return { ...Object.fromEntries(some), nothing, 'a filter': 'status:expired seen:<30d' }
}

function apiPathsOf(big: BigOrganization): Record<string, string> {
  const paths: Record<string, string> = {}
  for (const list of ['license-keys', 'customers', 'activations', 'purchases', 'events'])
    paths[`API: ${list}`] = `/api/v1/${list}?limit=100`
  for (const [name, q] of Object.entries(termsOf(big)))
    paths[`API: license-keys, search: ${name}`] = `/api/v1/license-keys?${new URLSearchParams({ q })}`
  return paths
}

/** Asks the server at `url` for each of them, as the owner and as a program; those whose name has one of `only` in it, if any is given. */
export async function timePages(
  url: string,
  big: BigOrganization,
  { only = [], times = TIMES }: { only?: string[]; times?: number },
  tell: (time: PageTime) => void,
): Promise<void> {
  const { organizationId, ownerId } = big
  const user = await prisma.user.findUniqueOrThrow({ where: { id: ownerId } })
  const owner = { ...user, kind: 'merchant', userId: ownerId, organizationId, role: 'owner' } as const
  const key = { name: `Bench ${Date.now()}`, scopes: [...apiScopes], expiresOn: null }
  const { token } = await createApiKey(owner, key, new Date())
  const session = await sessionHeader(ownerId)
  const asked = (path: string, headers: Record<string, string>) => async () => {
    const answer = await fetch(url + path, { headers, redirect: 'manual' })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}.`)
    if (text.includes('data-dgst')) throw new Error(`${path} came with an error.`)
  }
  const typed = (words: string) => async () => {
    const { status, isOk } = await callAction('app/dashboard/[organization]/actions.ts#find', {
      ...{ fields: { organization: big.slug, words }, ids: { slug: big.slug }, cookie: session.cookie, base: url },
    })
    if (!isOk) throw new Error(`The command menu answered ${status} to ${words}.`)
  }
  // The page after this one, where its button leads.
  const beyond = async (path: string) => {
    const text = await (await fetch(url + path, { headers: session })).text()
    const mark = /\\"next\\":\\"([\w-]+)\\"/.exec(text)?.[1]
    if (!mark) throw new Error(`${path} leads no further.`)
    return `${path.replace(/page=\d+/, `page=${NUMBERED / SIZE + 1}`)}&mark=${mark}`
  }
  const all: [string, number, () => Promise<unknown>][] = [
    ...Object.entries(pathsOf(big)).map(([name, path]) => [name, PAGE_BAR, asked(path, session)] as const),
    ...Object.entries(apiPathsOf(big)).map(
      ([name, path]) => [name, PAGE_BAR, asked(path, { authorization: `Bearer ${token}` })] as const,
    ),
    ...Object.entries(paletteOf(big)).map(
      ([name, words]) => [`command menu: ${name}`, PALETTE_BAR, typed(words)] as const,
    ),
    [
      'overview, what is read behind it',
      BEHIND_BAR,
      () => figuresOf(owner, stepsOf('year', new Date())[0] as Date, new Date()),
    ] as const,
  ].map((each) => [...each])
  for (const [name, bar, asks] of all) {
    if (only.length > 0 && !only.some((part) => name.includes(part))) continue
    const ask = name.endsWith(BEYOND) ? asked(await beyond(pathsOf(big)[name] ?? ''), session) : asks
    const took: number[] = []
    for (let i = 0; i < WARM + times; i++) {
      const start = performance.now()
      await ask()
      if (i >= WARM) took.push(performance.now() - start)
    }
    took.sort((a, b) => a - b)
    const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0
    tell({ name, median: at(0.5), p95: at(0.95), bar })
  }
}
