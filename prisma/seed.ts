// What `npm run demo` puts into an empty database: a small software company and its neighbour.
import { hashPassword } from '#lib/auth/passwords.ts'
import type { Member } from '#lib/base/actor.ts'
import { env } from '#lib/base/env.ts'
import { prisma } from '#lib/database/client.ts'
import { openKeyString } from '#lib/key-strings/string.ts'
import { queueMail } from '#lib/mail/commands.ts'
import { demoApiKeys } from './demo/api-keys.ts'
import { type Company, dedicatedKeys, demoCustomer, demoPassword, inkwell, northfield } from './demo/companies.ts'
import { seededRandom } from './demo/random.ts'
import { addRefusals } from './demo/refusals.ts'
import { addCatalogue, addCatalogueChange, addPurchase } from './demo/sales.ts'
import { openScene, write } from './demo/scene.ts'
import { addSightings } from './demo/sightings.ts'
import { addStores, websiteOf } from './demo/stores.ts'
import { inkwellStory, northfieldStory, type PurchaseStory } from './demo/story.ts'
import { addTraffic } from './demo/traffic.ts'
import { addViews } from './demo/views.ts'
import { addWebhooks } from './demo/webhooks.ts'

type DedicatedKey = keyof typeof dedicatedKeys

/** How to get into the demo, and what to try there. */
export type DemoSummary = {
  url: string
  organizationId: string
  merchant: { email: string; password: string }
  customer: { email: string }
  outboxUrl: string
  keys: Record<DedicatedKey, { id: string; key: string }>
  configurations: Record<string, string>
  products: Record<string, string>
  /** May do everything. */
  apiKey: string
  readOnlyApiKey: string
  /** The shop of their own: where it sends what it sold, and what it signs that with. */
  shop: { address: string; secret: string }
  /** Another organization, whose things nobody above may see. */
  other: { organizationId: string; apiKey: string; key: string }
}

/** Makes the demo's organizations unless they are there, and says how to get in. */
export async function seed(): Promise<DemoSummary> {
  const found = await prisma.organization.findUnique({ where: { slug: inkwell.slug }, select: { id: true } })
  return summaryOf(found?.id ?? (await make()))
}

async function make(): Promise<string> {
  const now = new Date()
  const random = seededRandom(20_261)
  const scene = stage(inkwell, inkwellStory(random), (made) => {
    addCatalogueChange(made, 24, 'Team, 25 seats', ['Grace period: 7 days → 14 days'])
    addCatalogueChange(made, 13, 'Editor trial', [
      'Expires: 10 days after the first activation → 14 days after the first activation',
    ])
  })
  const neighbour = stage(northfield, northfieldStory())
  const hashes = new Map<string, string>()
  for (const { email } of [...inkwell.members, ...northfield.members])
    hashes.set(email, await hashPassword(demoPassword))

  await prisma.$transaction(
    async (tx) => {
      await write(tx, scene, (email) => hashes.get(email) ?? '')
      await write(tx, neighbour, (email) => hashes.get(email) ?? '')
      // Without SMTP these wait, so the outbox has something to show.
      const { organizationId } = scene
      for (const { licenseKeyId, to } of scene.waiting)
        await queueMail(tx, now, { template: 'license-key', to, organizationId, payload: { licenseKeyId } })
    },
    { timeout: 60_000 },
  )
  const owner = scene.members[0] as Member
  await addWebhooks(owner, now, () => addStores(owner, now))
  await addViews(owner, now)
  await addSightings(scene.organizationId, now, seededRandom(20_262))
  return scene.organizationId

  function stage(company: Company, story: PurchaseStory[], more?: (made: ReturnType<typeof openScene>) => void) {
    const made = openScene(company, now, random)
    addCatalogue(made)
    for (const purchase of story) addPurchase(made, purchase)
    more?.(made)
    addTraffic(made)
    addRefusals(made)
    return made
  }
}

async function otherOrganization(): Promise<DemoSummary['other']> {
  const { id: organizationId } = await prisma.organization.findUniqueOrThrow({ where: { slug: northfield.slug } })
  const { keyCipher } = await prisma.licenseKey.findFirstOrThrow({
    where: { organizationId, status: 'granted' },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const { apiKey } = await demoApiKeys(organizationId, new Date())
  return { organizationId, apiKey, key: openKeyString(keyCipher) }
}

async function summaryOf(organizationId: string): Promise<DemoSummary> {
  const [keys, configurations, products] = await Promise.all([
    prisma.licenseKey.findMany({
      where: {
        organizationId,
        purchase: { reference: { in: Object.values(dedicatedKeys).map(({ reference }) => reference) } },
      },
      select: {
        id: true,
        keyCipher: true,
        purchase: { select: { reference: true } },
        prefix: true,
      },
    }),
    prisma.keyConfiguration.findMany({ where: { organizationId }, select: { id: true, name: true } }),
    prisma.product.findMany({ where: { organizationId }, select: { id: true, name: true } }),
  ])
  const key = ({ reference, configuration }: (typeof dedicatedKeys)[DedicatedKey]) => {
    // By the prefix it was issued with: people try out what the demo lets them, renaming configurations too.
    const prefix = inkwell.configurations.find(({ name }) => name === configuration)?.prefix
    const row = keys.find((each) => each.purchase?.reference === reference && each.prefix === prefix)
    if (!row) throw new Error(`The demo key of ${reference} is gone. Start over with: npm run demo -- --reset`)
    return { id: row.id, key: openKeyString(row.keyCipher) }
  }
  const ids = (rows: { id: string; name: string }[]) => Object.fromEntries(rows.map(({ name, id }) => [name, id]))
  const url = env().LATCHKEY_URL
  return {
    url,
    organizationId,
    merchant: { email: inkwell.members[0].email, password: demoPassword },
    customer: { email: demoCustomer.email },
    outboxUrl: new URL('/outbox', url).href,
    keys: {
      unlimited: key(dedicatedKeys.unlimited),
      threeDevices: key(dedicatedKeys.threeDevices),
      requiresActivation: key(dedicatedKeys.requiresActivation),
      metered: key(dedicatedKeys.metered),
      expired: key(dedicatedKeys.expired),
      disabled: key(dedicatedKeys.disabled),
      perpetual: key(dedicatedKeys.perpetual),
    },
    configurations: ids(configurations),
    products: ids(products),
    ...(await demoApiKeys(organizationId, new Date())),
    shop: await websiteOf(organizationId, url),
    other: await otherOrganization(),
  }
}
