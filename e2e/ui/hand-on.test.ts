// A customer hands a key on: whoever they name is asked by mail, takes it, and the merchant can give it back.
import type { BrowserContext, Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

test.beforeEach(async () => {
  await forgetNetwork()
})

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

async function keyToHandOn(context: BrowserContext, { language = 'en' } = {}) {
  const shop = await makeOrganization({ name: 'Passing Software' })
  const key = await shop.issue(await shop.configuration({ name: 'Baton' }))
  await prisma.customerSettings.create({ data: { organizationId: shop.id, mayHandOn: true } })
  const body = { key: key.key, organization_id: shop.id, label: 'Laptop' }
  expect((await send({ path: '/api/license/activate', body })).status).toBe(200)
  await signIn(context, await makePerson(key.customerEmail))
  await prisma.user.update({ where: { email: key.customerEmail }, data: { language } })
  return { shop, key, taker: `taker-${newId().slice(-12)}@example.com` }
}

test('a key is offered, taken by a new owner without an account, and given back by the merchant', async ({
  page,
  context,
  browser,
}) => {
  const { shop, key, taker } = await keyToHandOn(context)
  await page.goto(`/purchases/${key.id}`)
  await page.getByText('Hand this key on').click()
  await expect(page.getByText(/yours ends at once, and its device is freed/)).toBeVisible()
  await page.getByLabel('E-mail address of the new owner').fill(key.customerEmail)
  await page.getByRole('button', { name: 'Offer the key' }).click()
  await expect(page.getByText('This is your own address.')).toBeVisible()
  await page.getByLabel('E-mail address of the new owner').fill(taker)
  await page.getByRole('button', { name: 'Offer the key' }).click()
  await expect(page.getByText('You are handing this key on')).toBeVisible()
  expect(await findings(page)).toEqual([])
  expect((await waitForMail(key.customerEmail, /^You are handing on/)).text).toContain(taker)
  const url = linkIn(await waitForMail(taker, /offered to you/), '/purchases/take')

  const theirs = await (await browser.newContext()).newPage()
  await theirs.goto(url)
  await expect(heading(theirs, 'A license key for Baton')).toBeVisible()
  await expect(theirs.getByText(`${key.customerEmail} hands it on to you.`)).toBeVisible()
  expect(await findings(theirs)).toEqual([])
  await theirs.getByRole('button', { name: 'Take the key' }).click()
  await expect(heading(theirs, 'The key is yours')).toBeVisible()
  const { text } = await waitForMail(taker, /license key/i)
  expect(text).not.toContain(key.key)
  const old = await send({ path: '/api/license/validate', body: { key: key.key, organization_id: shop.id } })
  expect(old.json).toMatchObject({ valid: false, code: 'REPLACED' })
  await waitForMail(key.customerEmail, /^Your license key was handed on/)
  expect((await page.request.get(`/purchases/${key.id}`)).status()).toBe(404)

  const desk = await browser.newContext()
  await signIn(desk, shop.merchant)
  const merchants = await desk.newPage()
  await merchants.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await expect(merchants.getByText(`${key.customerEmail} handed this key on to ${taker}.`)).toBeVisible()
  await merchants.getByRole('button', { name: 'Give it back' }).click()
  await expect(merchants.getByText(`The key is ${key.customerEmail}’s again`)).toBeVisible()
  await expect(merchants.getByText(`${key.customerEmail} handed this key on to ${taker}.`)).toHaveCount(0)
  expect((await page.goto(`/purchases/${key.id}`))?.status()).toBe(200)
})

test('an offer is taken back in German, without scripts, and its mails are German', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'de-DE', javaScriptEnabled: false })
  const { key, taker } = await keyToHandOn(context, { language: 'de' })
  const page = await context.newPage()
  await page.goto(`/purchases/${key.id}`)
  await page.getByText('Diesen Schlüssel weitergeben').click()
  await page.getByLabel(/^E-Mail-Adresse der neuen/).fill(taker)
  await page.getByRole('button', { name: 'Schlüssel anbieten' }).click()
  await expect(page.getByText('Sie geben diesen Schlüssel weiter')).toBeVisible()
  await waitForMail(key.customerEmail, /^Sie geben Ihren Lizenzschlüssel für Baton weiter/)
  const url = linkIn(await waitForMail(taker, /offered to you/), '/purchases/take')
  await page.getByRole('button', { name: 'Zurücknehmen' }).click()
  await expect(page.getByText('Sie geben diesen Schlüssel weiter')).toHaveCount(0)
  await page.goto(url)
  await expect(heading(page, 'Dieses Angebot ist vorbei')).toBeVisible()
})

test('it fits a phone and a desk, in either language and theme', async ({ browser }) => {
  for (const locale of ['en-US', 'de-DE'])
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1440]) {
        const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 900 } })
        const { key, taker } = await keyToHandOn(context)
        const page = await context.newPage()
        const fits = async () => {
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
          const outside = await page
            .locator('main form button:visible')
            .evaluateAll((all) =>
              all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((e) => e.textContent),
            )
          expect(outside).toEqual([])
          expect(await findings(page)).toEqual([])
        }
        await page.goto(`/purchases/${key.id}`)
        await page.getByText(/Hand this key on|Diesen Schlüssel weitergeben/).click()
        await fits()
        await page.locator('input[name=email]').fill(taker)
        await page.getByRole('button', { name: /Offer the key|Schlüssel anbieten/ }).click()
        await expect(page.getByText(/You are handing this key on|Sie geben diesen Schlüssel weiter/)).toBeVisible()
        await fits()
        await page.goto(linkIn(await waitForMail(taker), '/purchases/take'))
        await fits()
      }
})
