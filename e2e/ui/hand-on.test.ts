// A customer hands a key on, the new owner says yes, and the merchant takes it back.

import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

test('a key goes to whoever is asked and says yes, and comes back by the merchant', async ({ browser }) => {
  const shop = await makeOrganization({ name: 'Passing Software' })
  const key = await shop.issue(await shop.configuration({ name: 'Passed Editor' }))
  await prisma.customerSettings.create({ data: { organizationId: shop.id, mayHandOn: true } })
  const email = `taker-${newId().slice(-12)}@example.com`
  const giver = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'de-DE' })
  await signIn(giver, await makePerson(key.customerEmail))
  const page = await giver.newPage()
  await page.goto(`/purchases/${key.id}`)
  await page.getByText('Diesen Schlüssel weitergeben').click()
  await page.getByLabel(/^E-Mail-Adresse/).fill(email)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Schlüssel anbieten' }).click()
  await expect(page.getByText('Sie geben diesen Schlüssel weiter')).toBeVisible()

  const link = linkIn(await waitForMail(email, /is offered to you/), '/purchases/take')
  const taker = await browser.newContext()
  const offered = await taker.newPage()
  await offered.goto(link)
  await expect(offered.getByRole('heading', { level: 1, name: 'A license key for Passed Editor' })).toBeVisible()
  expect(await findings(offered)).toEqual([])
  await offered.getByRole('button', { name: 'Take the key' }).click()
  await expect(offered.getByText('The key is yours')).toBeVisible()
  await page.goto(`/purchases/${key.id}`)
  await expect(page.getByText('Passed Editor')).toHaveCount(0)

  const merchant = await browser.newContext()
  await signIn(merchant, shop.merchant)
  const dashboard = await merchant.newPage()
  await dashboard.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await dashboard.getByRole('button', { name: 'Give it back' }).click()
  await expect(dashboard.getByText(`The key is ${key.customerEmail}’s again`)).toBeVisible()
  await page.goto(`/purchases/${key.id}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Passed Editor' })).toBeVisible()
})
