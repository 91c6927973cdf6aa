// An app without a key shows a code; its owner approves it in a browser. The app is a script that speaks plain HTTP.
import type { Browser, Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

test.beforeEach(async () => {
  await forgetNetwork()
})

/** What an app does: it shows a code and asks until somebody decided. */
async function startApp(organization_id: string, more: object = {}) {
  const body = { organization_id, label: 'Studio iMac', fingerprint: newId(), ...more }
  const started = await send({ path: '/api/license/device-code', body })
  expect(started.status).toBe(200)
  const { device_code, ...shown } = started.json as Record<string, string>
  const poll = () => send({ path: '/api/license/device-token', body: { device_code } })
  return { ...shown, poll } as {
    user_code: string
    verification_uri: string
    verification_uri_complete: string
    poll: typeof poll
  }
}
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

async function customerPage(browser: Browser, email: string, more: object = {}) {
  const context = await browser.newContext(more)
  await signIn(context, await makePerson(email))
  return context.newPage()
}

test('no key is typed: the app shows a code, its owner signs in and approves, and the app goes on', async ({
  page,
}) => {
  const shop = await makeOrganization({ name: 'Code Software' })
  const key = await shop.issue(await shop.configuration({ name: 'Code Editor' }))
  const app = await startApp(shop.id)
  expect((await app.poll()).json.error).toBe('authorization_pending')

  await page.goto(app.verification_uri)
  await page.getByLabel('E-mail address').fill(key.customerEmail)
  await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click()
  const mailed = /\b(\d{3}) (\d{3})\b/.exec((await waitForMail(key.customerEmail, /^Sign in/)).text)
  await page.getByLabel('Six-digit code').fill(`${mailed?.[1]}${mailed?.[2]}`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page, 'Activate a device')).toBeVisible()
  await page.getByLabel('Code').fill('BBBB-BBBB')
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByLabel('Code')).toHaveAccessibleDescription(/^This code is not right/)
  await page.getByLabel('Code').fill(app.user_code.toLowerCase().replace('-', ' '))
  await page.getByRole('button', { name: 'Go on' }).click()

  await expect(heading(page, 'Activate Studio iMac?')).toBeVisible()
  await expect(page.getByText('Did you start this yourself?')).toBeVisible()
  await expect(page.getByText('Network address')).toBeVisible()
  await expect(page.getByRole('radio', { name: /Code Editor/ })).toBeChecked()
  expect(await findings(page)).toEqual([])
  await page.getByLabel('Name of the device').fill('Mac at home')
  await page.getByRole('button', { name: 'Activate the device' }).click()
  await expect(heading(page, 'The device is activated')).toBeAttached()

  const { status, json } = await app.poll()
  expect([status, json.code, json.label, json.license_key.key]).toEqual([200, 'ACTIVATED', 'Mac at home', key.key])
  const asked = { key: json.license_key.key, organization_id: shop.id, activation_id: json.id }
  expect((await send({ path: '/api/license/validate', body: asked })).json.code).toBe('VALID')
  // The page of somebody who decided says so, also later; another code is asked for anew.
  await page.reload()
  await expect(heading(page, 'The device is activated')).toBeAttached()
})

test('at the limit another device gives up its place, without scripts and in German', async ({ browser }) => {
  const shop = await makeOrganization({ name: 'Voll GmbH' })
  const key = await shop.issue(await shop.configuration({ activationsMode: 'limited', activationLimit: 1 }))
  const old = { key: key.key, organization_id: shop.id, label: 'Alter Laptop', fingerprint: 'old' }
  expect((await send({ path: '/api/license/activate', body: old })).status).toBe(200)
  const app = await startApp(shop.id, { label: 'Neuer Laptop' })
  const page = await customerPage(browser, key.customerEmail, { javaScriptEnabled: false, locale: 'de-DE' })
  await page.goto(app.verification_uri_complete)
  await expect(page.getByLabel('Code')).toHaveValue(app.user_code)
  await page.getByRole('button', { name: 'Weiter' }).click()
  await expect(heading(page, 'Neuer Laptop aktivieren?')).toBeVisible()
  await expect(page.getByText('Haben Sie das selbst begonnen?')).toBeVisible()
  await page.getByRole('radio', { name: /Alter Laptop ersetzen/ }).check()
  await page.getByRole('button', { name: 'Gerät aktivieren' }).click()
  await expect(heading(page, 'Das Gerät ist aktiviert')).toBeAttached()
  expect((await app.poll()).json).toMatchObject({ code: 'ACTIVATED', label: 'Neuer Laptop' })
  expect((await send({ path: '/api/license/activate', body: old })).json.code).toBe('ACTIVATION_LIMIT_REACHED')
})

test('whoever denies is done with it, and somebody without a fitting key is told', async ({ browser }) => {
  const shop = await makeOrganization({ name: 'Denied Ltd' })
  const key = await shop.issue(await shop.configuration())
  const app = await startApp(shop.id)
  const page = await customerPage(browser, key.customerEmail)
  await page.goto(app.verification_uri_complete)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL(/request=/)
  // The address of the page is worth nothing to somebody else, though they have a key there.
  const other = await shop.issue(key.benefit_id)
  const theirs = await customerPage(browser, other.customerEmail)
  await theirs.goto(page.url())
  await expect(heading(theirs, 'This request is over')).toBeAttached()
  await page.getByRole('button', { name: 'Deny' }).click()
  await expect(page.getByText('Nothing was activated. You can close this page.')).toBeVisible()
  expect((await app.poll()).json).toMatchObject({ error: 'access_denied' })

  const again = await startApp(shop.id)
  const stranger = await customerPage(browser, `nobody-${newId().slice(-12)}@example.com`)
  await stranger.goto(again.verification_uri_complete)
  await stranger.getByRole('button', { name: 'Go on' }).click()
  await expect(stranger.getByText(/^Denied Ltd has sold no key for this to nobody-/)).toBeVisible()
  await expect(stranger.getByRole('button', { name: 'Activate the device' })).toHaveCount(0)
})

test('nothing overflows on a 360 px phone, in either language and theme', async ({ browser }) => {
  const shop = await makeOrganization({ name: 'Small Screens Unlimited' })
  const key = await shop.issue(await shop.configuration({ activationsMode: 'limited', activationLimit: 1 }))
  const body = { key: key.key, organization_id: shop.id, label: 'A device with quite a long name of its own' }
  await send({ path: '/api/license/activate', body })
  for (const locale of ['en-US', 'de-DE'])
    for (const colorScheme of ['light', 'dark'] as const) {
      const app = await startApp(shop.id, { label: 'Unbrechbaresgerätemitlangemnamenohneleerzeichen' })
      const screen = { locale, colorScheme, viewport: { width: 360, height: 740 } }
      const page = await customerPage(browser, key.customerEmail, screen)
      for (const step of ['code', 'choice']) {
        if (step === 'code') await page.goto(app.verification_uri_complete)
        else {
          await page.getByRole('button', { name: /Go on|Weiter/ }).click()
          await expect(page.getByRole('radio').first()).toBeVisible()
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
        expect(await findings(page)).toEqual([])
      }
    }
})
