import { prisma } from '#lib/database/client.ts'
import { assessDue } from '#lib/misuse/recompute.ts'
import { flushSightings, noteSighting } from '#lib/misuse/sightings.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

const DAY_MS = 86_400_000

/** A key of one person on seven devices in seven places, for three weeks. */
async function makeSoldKey() {
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ name: 'Editor', activationLimit: 20 })
  const key = await shop.issue(configuration, { customerEmail: `owner@${shop.slug}.example` })
  await prisma.misusePolicy.create({
    data: { keyConfigurationId: configuration, organizationId: shop.id, audience: 'person' },
  })
  for (let person = 0; person < 7; person++) {
    const fingerprint = `pc ${person}`
    const { json } = await send({
      path: '/api/license/activate',
      body: { key: key.key, organization_id: shop.id, label: `Laptop ${person}`, fingerprint },
    })
    const activation = { id: json.id, fingerprint }
    for (let day = 0; day < 21; day++)
      noteSighting(
        `198.51.${person}.7`,
        { fingerprint },
        { verdict: { valid: true, code: 'VALID' }, key: { id: key.id, organizationId: shop.id }, activation },
        Date.now() - day * DAY_MS,
      )
  }
  await flushSightings()
  // The app looks at keys that are due, too, and may have begun before all of this was there.
  await expect
    .poll(async () => {
      await prisma.keyRisk.updateMany({ where: { organizationId: shop.id }, data: { dueAt: new Date(0) } })
      await assessDue({ kind: 'system', name: 'Test' }, new Date())
      return (await prisma.keyRisk.findUniqueOrThrow({ where: { licenseKeyId: key.id } })).level
    })
    .not.toBe('none')
  return { shop, key }
}

test('a merchant sees why a key looks misused, asks its owner, and says that it is fine', async ({ page, context }) => {
  const { shop, key } = await makeSoldKey()
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/risk`)
  await page
    .getByRole('row', { name: /More places than it was sold for/ })
    .getByRole('link')
    .first()
    .click()
  await page
    .getByRole('region', { name: /^License key / })
    .getByRole('link', { name: 'See the evidence' })
    .click()
  await expect(page.getByText(/7 devices in 7 places that use it again and again/)).toBeVisible()
  await expect(page.getByText('Place 7')).toBeVisible()
  await page.getByRole('button', { name: /^Ask the owner/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Ask the owner' }).click()
  await expect(page.getByText('On its way to the owner')).toBeVisible()

  const mail = await waitForMail(`owner@${shop.slug}.example`, /Are these devices yours/)
  const owner = await context.browser()?.newPage()
  if (!owner) throw new Error('no browser')
  await owner.goto(linkIn(mail, '/devices'))
  await owner.getByRole('checkbox', { name: 'Laptop 6' }).uncheck()
  await owner.getByRole('button', { name: 'These are mine' }).click()
  await expect(owner.getByText(/One device was freed/)).toBeVisible()
  await owner.close()
  expect(await prisma.activation.count({ where: { licenseKeyId: key.id, deactivatedAt: null } })).toBe(6)

  await page.reload()
  await page.getByRole('button', { name: /^Lower the limit to 6/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Lower the limit to 6' }).click()
  await expect(page.getByText('Device limit lowered')).toBeVisible()
  await page.getByRole('button', { name: /^This is fine/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'This is fine' }).click()
  await expect(page.getByRole('button', { name: /^Look at it again \(/ })).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/risk`)
  await expect(page.getByText('No key looks misused')).toBeVisible()
})

test('a viewer sees the evidence and can change nothing', async ({ page, context }) => {
  const { shop, key } = await makeSoldKey()
  await signIn(context, await shop.member('viewer'))
  for (const path of [`/risk/${key.id}`, '/risk/settings']) {
    await page.goto(`/dashboard/${shop.slug}${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(
      page.getByRole('main').getByRole('button', { name: /^(This|Ask|Block|Lower|Rotate|Disable|Change|Switch|Save)/ }),
    ).toHaveCount(0)
  }
})
