// A customer changes their address: asked on the purchases page, confirmed from both mailboxes, and everything follows.
import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

test.beforeEach(async () => {
  await forgetNetwork()
})

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

async function buyer() {
  const shop = await makeOrganization({ name: 'Moving Software' })
  const key = await shop.issue(await shop.configuration({ name: 'Baton' }))
  return { shop, key, email: key.customerEmail, to: `moved-${newId().slice(-12)}@example.com` }
}

test('both mailboxes say yes: the old one sees nothing any more, the new one everything', async ({
  page,
  context,
  browser,
}) => {
  const { shop, key, email, to } = await buyer()
  await signIn(context, await makePerson(email))
  await page.goto('/purchases')
  await page.getByRole('link', { name: 'Change address' }).click()
  await expect(heading(page, 'Change your address')).toBeVisible()
  await page.getByLabel('New e-mail address').fill(email)
  await page.getByRole('button', { name: 'Ask both mailboxes' }).click()
  await expect(page.getByText('This is your address already.')).toBeVisible()
  await page.getByLabel('New e-mail address').fill(to)
  await page.getByRole('button', { name: 'Ask both mailboxes' }).click()
  await expect(page.getByText('You are changing your address')).toBeVisible()
  expect(await findings(page)).toEqual([])
  const [old, fresh] = [await waitForMail(email, /^Confirm that/), await waitForMail(to, /^Confirm that/)]

  const elsewhere = await (await browser.newContext()).newPage()
  await elsewhere.goto(linkIn(fresh, '/purchases/address/confirm'))
  await expect(heading(elsewhere, 'Change the address?')).toBeVisible()
  expect(await findings(elsewhere)).toEqual([])
  await elsewhere.getByRole('button', { name: 'Yes, change it' }).click()
  await expect(heading(elsewhere, 'This mailbox said yes')).toBeVisible()
  await page.reload()
  await expect(page.getByText(`${to} said yes.`)).toBeVisible()
  await page.goto(linkIn(old, '/purchases/address/confirm'))
  await page.getByRole('button', { name: 'Yes, change it' }).click()
  await expect(heading(page, 'The address was changed')).toBeVisible()
  await waitForMail(email, /^Your address was changed/)
  await page.goto('/purchases')
  await expect(heading(page, 'Sign in')).toBeVisible()

  const theirs = await browser.newContext()
  await signIn(theirs, await makePerson(to))
  const mine = await theirs.newPage()
  await mine.goto(`/purchases/${key.id}`)
  await expect(mine.getByText(key.key).first()).toBeVisible()

  const desk = await browser.newContext()
  await signIn(desk, shop.merchant)
  const merchants = await desk.newPage()
  const { id } = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email: to } })
  await merchants.goto(`/dashboard/${shop.slug}/customers/${id}`)
  await expect(merchants.getByText(/^Asked for another address/)).toBeVisible()
  await expect(merchants.getByText('The new mailbox said yes')).toBeVisible()
  await expect(merchants.getByText(`Address: ${email} → ${to}`)).toBeVisible()
})

test('in German, without scripts, on a phone: asked, and stopped from the new mailbox', async ({ browser }) => {
  const { email, to } = await buyer()
  const context = await browser.newContext({
    ...{ locale: 'de-DE', javaScriptEnabled: false, viewport: { width: 360, height: 800 } },
  })
  await signIn(context, await makePerson(email))
  const page = await context.newPage()
  const fits = async () =>
    expect(
      await page
        .locator('body *:visible')
        .evaluateAll((all) =>
          all.filter((each) => each.getBoundingClientRect().right > 361).map((each) => each.tagName),
        ),
    ).toEqual([])
  await page.goto('/purchases/address')
  await fits()
  await page.getByLabel('Neue E-Mail-Adresse').fill(to)
  await page.getByRole('button', { name: 'Beide Postfächer fragen' }).click()
  await expect(page.getByText('Sie ändern Ihre Adresse')).toBeVisible()
  await fits()
  await waitForMail(email, /^Bestätigen Sie Ihre neue Adresse/)
  await page.goto(linkIn(await waitForMail(to, /^Bestätigen Sie/), '/purchases/address/confirm'))
  await fits()
  await page.getByRole('button', { name: 'Nein, abbrechen' }).click()
  await expect(heading(page, 'Dieser Link gilt nicht mehr')).toBeVisible()
  await page.goto('/purchases/address')
  await expect(page.getByRole('button', { name: 'Beide Postfächer fragen' })).toBeVisible()
})

test('a language chosen while signed in is kept for what is mailed', async ({ page, context }) => {
  const { email } = await buyer()
  await signIn(context, await makePerson(email))
  await page.goto('/purchases')
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await expect(heading(page, 'Ihre Käufe')).toBeVisible()
  expect((await prisma.user.findUniqueOrThrow({ where: { email } })).language).toBe('de')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(heading(page, 'Your purchases')).toBeVisible()
  expect((await prisma.user.findUniqueOrThrow({ where: { email } })).language).toBe('en')
})
