import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization, password } from '../organization.ts'
import { signIn } from '../session.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

test('an owner invites somebody, who joins, is given another role and is removed', async ({
  page,
  context,
  browser,
}) => {
  await forgetNetwork()
  const shop = await makeOrganization({ name: 'Guild Software' })
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/members`)
  const email = `nora-${newId().slice(-12)}@example.com`
  await page.getByLabel('E-mail address').fill('nora at example')
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByLabel('E-mail address')).toHaveAccessibleDescription(/Enter an e-mail address/)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Role').click()
  await page.getByRole('option', { name: /^Viewer/ }).click()
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText(`The invitation is on its way to ${email}.`)).toBeVisible()
  await expect(page.getByRole('button', { name: `Withdraw the invitation for ${email}` })).toBeVisible()

  const nora = await browser.newContext()
  const theirs = await nora.newPage()
  await theirs.goto(
    linkIn(await waitForMail(email, /^Mira Member invites you to Guild Software$/), '/login/invitation'),
  )
  await expect(heading(theirs, 'Join Guild Software')).toBeVisible()
  expect(await findings(theirs)).toEqual([])
  await theirs.getByLabel('Your name').fill('Nora Newcomer')
  await theirs.getByLabel('Password').fill(password)
  await theirs.getByRole('button', { name: 'Join' }).click()
  await expect(heading(theirs, 'Overview')).toBeVisible()
  await expect(theirs.getByRole('link', { name: 'Security log' })).toHaveCount(0)

  await page.reload()
  await page.getByRole('button', { name: `Change role of ${email}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Change the role of Nora Newcomer?' })
  await expect(dialog.getByText('They are signed out everywhere.')).toBeVisible()
  await dialog.getByLabel('Role').click()
  await page.getByRole('option', { name: /^Support/ }).click()
  await dialog.getByRole('button', { name: 'Change role' }).click()
  const row = page.getByRole('listitem').filter({ hasText: email })
  await expect(row.getByText('Support')).toBeVisible()
  await theirs.reload()
  await expect(heading(theirs, 'Sign in')).toBeVisible()

  await page.getByRole('button', { name: `Remove ${email}` }).click()
  await page.getByRole('dialog', { name: 'Remove Nora Newcomer?' }).getByRole('button', { name: 'Remove' }).click()
  await expect(row).toHaveCount(0)
  // The only owner can neither leave nor become less.
  await expect(page.getByRole('button', { name: /^(Leave|Change role)/ })).toHaveCount(0)
  await nora.close()

  await page.getByRole('link', { name: 'Security log' }).click()
  await expect(heading(page, 'Security log')).toBeVisible()
  await expect(page.getByText(`${email} removed`)).toBeVisible()
  await expect(page.getByText('Signed in by password')).toBeVisible()
  await expect(page.getByText(/^Chrome on /).first()).toBeVisible()
  await page.getByRole('button', { name: 'Kept 12 months' }).click()
  const keep = page.getByRole('dialog', { name: 'How long is it kept?' })
  await keep.getByLabel('Keep the security log').click()
  await page.getByRole('option', { name: '3 months' }).click()
  await keep.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Kept 3 months' })).toBeVisible()
})

test('API keys of a member who is removed are named and revoked, or kept and marked', async ({ page, context }) => {
  const shop = await makeOrganization({ name: 'Guild Software' })
  const { createApiKey } = await import('#lib/organizations/commands.ts')
  const makers = ['Nora', 'Otto', 'Pia'] as const
  for (const name of makers) {
    const { id: userId, email } = await prisma.user.create({
      data: { name, email: `${name.toLowerCase()}-${newId().slice(-12)}@example.com` },
    })
    await prisma.membership.create({ data: { organizationId: shop.id, userId, role: 'admin' } })
    const member = { ...shop.merchant, userId, email, name, role: 'admin' as const }
    for (const of of name === 'Pia' ? [] : ['CI', 'Shop']) {
      const key = { name: `${of} of ${name}`, scopes: ['events:read' as const], expiresOn: null }
      await createApiKey(member, key, new Date())
    }
  }
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/members`)
  const open = async (who: string) => {
    await page.getByRole('button', { name: new RegExp(`^Remove ${who.toLowerCase()}-`) }).click()
    return page.getByRole('dialog', { name: `Remove ${who}?` })
  }
  const nora = await open('Nora')
  const box = nora.getByRole('checkbox', { name: 'Revoke the 2 API keys they made' })
  await expect(box).toBeChecked()
  await expect(box).toHaveAccessibleDescription(/^CI of Nora \(never used\), Shop of Nora \(never used\)\./)
  expect(await findings(page)).toEqual([])
  await nora.getByRole('button', { name: 'Remove' }).click()
  await expect(nora).toBeHidden()
  const otto = await open('Otto')
  await otto.getByRole('checkbox').uncheck()
  await otto.getByRole('button', { name: 'Remove' }).click()
  await expect(otto).toBeHidden()
  const pia = await open('Pia')
  await expect(pia.getByRole('checkbox')).toHaveCount(0)
  await pia.getByRole('button', { name: 'Cancel' }).click()

  await page.goto(`/dashboard/${shop.slug}/settings/api-keys`)
  const row = (name: string) => page.getByRole('listitem').filter({ hasText: name })
  for (const name of ['CI of Otto', 'Shop of Otto'])
    await expect(row(name).getByText('Made by somebody who left')).toBeVisible()
  await expect(row('CI of Nora').getByText('Revoked', { exact: true }).first()).toBeVisible()
  await expect(row('CI of Nora').getByText('Made by somebody who left')).toHaveCount(0)
  expect(await findings(page)).toEqual([])
})

test('an invitation for somebody with an account leads through sign-in and back to it', async ({ page }) => {
  await forgetNetwork()
  const [shop, other] = [await makeOrganization({ name: 'Guild Software' }), await makeOrganization()]
  const { inviteMember } = await import('#lib/organizations/members.ts')
  await inviteMember(shop.merchant, { email: other.email, role: 'admin' }, new Date())
  // Nobody else sends it: the tests have no queue of their own.
  const { openContents } = await import('#lib/mail/queries.ts')
  const contents = openContents(await prisma.mail.findFirstOrThrow({ where: { to: other.email } }))
  await page.goto('url' in contents.payload ? contents.payload.url : '')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Password').fill(other.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Join Guild Software' }).click()
  await expect(heading(page, 'Overview')).toBeVisible()
  expect(new URL(page.url()).pathname).toBe(`/dashboard/${shop.slug}`)
})

test('people change their password, see where they are signed in and end other sessions', async ({ page, browser }) => {
  await forgetNetwork()
  const shop = await makeOrganization()
  const signInAs = async (each: Page, secret: string) => {
    await each.goto('/login')
    await each.getByLabel('E-mail address').fill(shop.email)
    await each.getByLabel('Password').fill(secret)
    await each.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(heading(each, 'Overview')).toBeVisible()
  }
  await signInAs(page, shop.password)
  const elsewhere = await browser.newContext({
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1',
  })
  const phone = await elsewhere.newPage()
  await signInAs(phone, shop.password)

  await page.getByRole('button', { name: /Account/ }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).click()
  await expect(heading(page, 'Your account')).toBeVisible()
  await expect(page.getByText('Safari on iPhone', { exact: true }).first()).toBeVisible()
  await expect(page.getByText('this browser')).toHaveCount(1)
  await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
  await expect(page.getByRole('button', { name: 'Sign out Safari on iPhone' })).toHaveCount(0)
  await phone.reload()
  await expect(heading(phone, 'Sign in')).toBeVisible()
  await signInAs(phone, shop.password)

  await page.getByLabel('Current password').fill('not the password')
  await page.getByLabel('New password').fill('another long password')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription(/not your current password/)
  await page.getByLabel('Current password').fill(shop.password)
  await page.getByLabel('New password').fill('another long password')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Your password has been changed. One other browser is signed out.')).toBeVisible()
  await phone.reload()
  await expect(heading(phone, 'Sign in')).toBeVisible()
  await signInAs(phone, 'another long password')

  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await phone.reload()
  await expect(heading(phone, 'Sign in')).toBeVisible()
  await elsewhere.close()
})
