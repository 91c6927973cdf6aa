// What nobody types: control characters and spoilt encoding in the address of every page. Whatever is answered, it is no 500.
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { doors } from '../doors.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { send } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { routes, type Visit, visitOf } from '../pages.ts'
import { sessionHeader } from '../session.ts'

/** What pages read of their query. */
const words = [
  ...[
    'q',
    'to',
    'into',
    'email',
    'name',
    'token',
    'code',
    'mail',
    'question',
    'ask',
    'callbackUrl',
    'request',
    'for',
    'error',
  ],
  ...[
    'organization',
    'purchase',
    'purchases',
    'page',
    'size',
    'sort',
    'dir',
    'mark',
    'from',
    'view',
    'configuration',
    'product',
  ],
  ...[
    'fingerprint',
    'conditions',
    'entitlements',
    'at',
    'verb',
    'batch',
    'cause',
    'key',
    'accept',
    'language',
    'open',
    'notes',
  ],
  ...[
    'customer',
    'status',
    'type',
    'configurations',
    'products',
    'devices',
    'history',
    'required',
    'span',
    'window',
    'idle',
  ],
]
const odd = ['a%00b', '%ff', '%01%0d%0a']

let shop: FullOrganization
let cookies: Record<Visit['as'], Record<string, string>>

test.beforeAll(async () => {
  shop = await makeFullOrganization()
  const both = await shop.member('support')
  await prisma.membership.create({
    data: { organizationId: (await makeOrganization()).id, userId: both.userId, role: 'admin' },
  })
  const unverified = await shop.member('viewer')
  await prisma.user.update({ where: { id: unverified.userId }, data: { emailVerifiedAt: null } })
  cookies = {
    nobody: {},
    owner: await sessionHeader(shop.merchant.userId),
    customer: await sessionHeader(shop.alice.userId),
    unverified: await sessionHeader(unverified.userId),
    'member of two': await sessionHeader(both.userId),
  }
})

for (const [door, base] of doors)
  test(`through ${door}: no page fails on its address`, async () => {
    const failed: string[] = []
    const visit = async (at: string, as: Visit['as']) => {
      const { status, text } = await send({ path: at, base, headers: { accept: 'text/html', ...cookies[as] } })
      // A page that fails once its head is sent says so in what follows.
      if (status >= 500 || /data-dgst="(?!NEXT_|BAILOUT)/.test(text)) failed.push(`${status} ${at}`)
    }
    for (const route of routes) {
      const { path: at, as } = visitOf(route)
      const [plain = ''] = at(shop).split('?')
      for (const text of odd) {
        await visit(`${plain}?${words.map((word) => `${word}=${text}`).join('&')}`, as)
        // In place of each name and id of the path.
        const parts = plain.split('/')
        for (const [place] of [...route.split('/').entries()].filter(([, part]) => part.startsWith('[')))
          await visit(parts.with(place, text).join('/'), as)
      }
    }
    for (const text of odd) {
      await visit(`/api/live/${text}`, 'owner')
      await visit(`/login/with/${text}?callbackUrl=${text}`, 'nobody')
      const { status } = await send({ method: 'POST', path: `/api/reminders/stop?mail=${text}&code=${text}`, base })
      expect(status, `a stop of ${text}`).toBeLessThan(500)
    }
    expect(failed).toEqual([])
  })
