import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization, password } from '../organization.ts'
import { signIn } from '../session.ts'

test('a colleague is invited as support, helps within the bounds, is removed, and is locked out at once', async ({
  page,
  context,
  browser,
}) => {
  await forgetNetwork()
  const shop = await makeOrganization({ name: 'Guild Software' })
  const configuration = await shop.configuration({
    ...{ activationsMode: 'limited', activationLimit: 2 },
    ...{ expiryKind: 'duration', durationCount: 1, durationUnit: 'year' },
  })
  const key = await shop.issue(configuration)
  const activate = (label: string) =>
    send({
      path: '/api/license/activate',
      body: { key: key.key, organization_id: shop.id, label, fingerprint: label },
    })
  await activate('Studio iMac')

  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/members`)
  await expect(page.getByText('You are the only owner.')).toBeVisible()
  const bounds = page.getByRole('form', { name: 'What support may do' })
  await bounds.getByLabel('Days they may extend a key by').fill('30')
  await bounds.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  const email = `nora-${newId().slice(-12)}@example.com`
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText(`The invitation is on its way to ${email}.`)).toBeVisible()

  const nora = await browser.newContext()
  const theirs = await nora.newPage()
  await theirs.goto(linkIn(await waitForMail(email, /invites you to Guild Software$/), '/login/invitation'))
  await theirs.getByLabel('Your name').fill('Nora Newcomer')
  await theirs.getByLabel('Password').fill(password)
  await theirs.getByRole('button', { name: 'Join' }).click()
  await expect(theirs.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()

  // What she may, and nothing else, is offered.
  await theirs.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  const main = theirs.getByRole('main')
  await expect(main.getByRole('button', { name: 'Disable', exact: true })).toBeVisible()
  await expect(main.getByRole('button', { name: /^(Reveal|Rotate|Revoke)$/ })).toHaveCount(0)
  expect(await findings(theirs)).toEqual([])
  await theirs.getByRole('button', { name: 'Deactivate Studio iMac' }).click()
  const freeing = theirs.getByRole('dialog', { name: 'Deactivate Studio iMac?' })
  await freeing.getByRole('button', { name: 'Deactivate', exact: true }).click()
  await expect(theirs.getByText('No devices yet')).toBeVisible()

  const { expiresAt } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  const day = (after: number) => new Date((expiresAt?.getTime() ?? 0) + after * 86_400_000).toISOString().slice(0, 10)
  await main.getByRole('link', { name: 'Edit', exact: true }).click()
  await expect(theirs.getByText('You may block new devices')).toBeVisible()
  await expect(theirs.getByRole('radio', { name: 'Never' })).toHaveCount(0)
  await theirs.getByRole('radio', { name: 'On a date' }).check()
  await theirs.getByLabel('Last day').fill(day(31))
  await theirs.getByRole('button', { name: 'Save changes' }).click()
  await expect(theirs.getByText('Support may extend by at most 30 days at a time: ask an admin.').first()).toBeVisible()
  await theirs.getByLabel('Last day').fill(day(30))
  await theirs.getByRole('button', { name: 'Save changes' }).click()
  await expect(theirs).not.toHaveURL(/\/edit$/)

  await main.getByRole('button', { name: 'Disable', exact: true }).click()
  await theirs.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click()
  await expect(main.getByRole('button', { name: 'Enable', exact: true })).toBeVisible()
  expect(
    (await send({ path: '/api/license/validate', body: { key: key.key, organization_id: shop.id } })).json.code,
  ).toBe('DISABLED')

  await page.reload()
  await page.getByRole('button', { name: `Remove ${email}` }).click()
  await page.getByRole('dialog', { name: 'Remove Nora Newcomer?' }).getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: email })).toHaveCount(0)
  // Her open page notices by itself.
  await expect(theirs.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible({ timeout: 20_000 })
  await nora.close()
})
