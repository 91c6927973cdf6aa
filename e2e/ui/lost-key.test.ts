import { expect, test } from '../browser.ts'
import { copied } from '../clipboard.ts'
import { send } from '../http.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'

test('from the sign-in page to an app that works again, without the key and with no free device: under ten clicks', async ({
  page,
}) => {
  const shop = await makeOrganization({ name: 'Lost and Found' })
  const key = await shop.issue(await shop.configuration({ name: 'Lost Editor', activationLimit: 1 }))
  const activate = (text: string, label: string) =>
    send({ path: '/api/license/activate', body: { key: text, organization_id: shop.id, label } })
  expect((await activate(key.key, 'Old laptop')).status).toBe(200)

  // Counted where they happen, so nothing that is pressed below is forgotten.
  let clicks = 0
  await page.exposeFunction('countClick', () => {
    clicks++
  })
  await page.addInitScript(() => {
    addEventListener('click', (event) => event.isTrusted && Reflect.get(window, 'countClick')(), true)
  })

  await page.goto('/login')
  await page.getByLabel('E-mail address').fill(key.customerEmail)
  await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Check your inbox' })).toBeVisible()
  const link = linkIn(await waitForMail(key.customerEmail, /^Sign in to /), '/login/link')
  clicks++ // the one in the mail
  await page.goto(link)
  await page.getByRole('button', { name: `Sign in as ${key.customerEmail}` }).click()
  await page
    .getByRole('link', { name: /1 of 1 device/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Copy the license key' }).click()
  const text = await copied(page, /^\S{8,}$/)
  expect(text).toBe(key.key)
  expect((await activate(text, 'New laptop')).status).toBe(403)
  await page.getByRole('button', { name: 'Deactivate Old laptop' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await expect(page.getByText('Old laptop was deactivated.')).toBeVisible()
  expect((await activate(text, 'New laptop')).status).toBe(200)

  expect(clicks).toBeGreaterThanOrEqual(7)
  expect(clicks).toBeLessThan(10)
})
