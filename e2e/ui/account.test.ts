import type { Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'
import { makeLink } from '#lib/auth/links.ts'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { hashInvitation } from '#lib/organizations/queries.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { expectGermanOnly } from '../german-only.ts'
import { linkIn, mailsTo, waitForMail } from '../inbox.ts'
import { makeOrganization, type Organization, password } from '../organization.ts'
import { signIn } from '../session.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const card = (page: Page, name: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) })

let shop: Organization
test.beforeEach(async () => {
  await forgetNetwork()
  shop = await makeOrganization({ name: 'Guild Software' })
})

async function signInByPassword(page: Page, email: string, secret: string) {
  await page.goto('/login')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** As after an hour: who they are has to be proved again. */
const anHourLater = (userId: string) =>
  prisma.session.updateMany({
    where: { userId },
    data: { createdAt: new Date(Date.now() - 3_600_000), confirmedAt: new Date(Date.now() - 3_600_000) },
  })

/** Without the session. A page that is open would ask for news of it, and complain. */
async function forget(page: Page) {
  await page.goto('about:blank')
  await page.context().clearCookies({ name: 'next-auth.session-token' })
}

/** Turns two-step sign-in on, on the page; the secret and the recovery codes as it shows them. */
async function turnOn(page: Page) {
  await page.goto('/account/two-step')
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
  await expect(page.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible()
  const key = (await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()) ?? ''
  const totp = new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) })
  expect(await findings(page)).toEqual([])
  await page.getByLabel('Code that the app shows').fill('000000')
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByLabel('Code that the app shows')).toHaveAccessibleDescription(/does not fit/)
  // That of the step before, so that the present one is still good for signing in.
  await page.getByLabel('Code that the app shows').fill(totp.generate({ timestamp: Date.now() - 30_000 }))
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByText('Keep these recovery codes.')).toBeVisible()
  const codes = await page.getByText(/^(\w{4}-){3}\w{4}$/).allTextContents()
  expect(codes).toHaveLength(10)
  expect(await findings(page)).toEqual([])
  return { totp, codes }
}

test('a forgotten password: a link from the mail sets a new one, signs in, and ends what was open', async ({
  page,
  browser,
}) => {
  const elsewhere = await browser.newContext()
  await signIn(elsewhere, shop.merchant)
  await page.goto('/login')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(heading(page, 'Forgotten password')).toBeVisible()
  expect(await findings(page)).toEqual([])
  const answers: string[] = []
  for (const email of [`nobody-${newId().slice(-12)}@example.com`, shop.email]) {
    await page.goto('/login/forgot')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByRole('button', { name: 'E-mail me the link' }).click()
    await expect(heading(page, 'Check your inbox')).toBeVisible()
    answers.push(((await page.getByRole('main').textContent()) ?? '').replace(email, 'the address'))
  }
  expect(answers[0]).toBe(answers[1])
  const link = linkIn(await waitForMail(shop.email, /^Set a new password$/), '/login/password')
  await page.goto(link)
  await expect(heading(page, 'Choose a new password')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByLabel('New password').fill('Basketball2024')
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await expect(page.getByLabel('New password')).toHaveAccessibleDescription(/guessed first/)
  await page.getByLabel('New password').fill('seven wooden spoons')
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await expect(heading(page, 'Overview')).toBeVisible()
  await waitForMail(shop.email, /^Your password was changed$/)
  const theirs = await elsewhere.newPage()
  await theirs.goto(`/dashboard/${shop.slug}`)
  await expect(heading(theirs, 'Sign in')).toBeVisible()
  await theirs.goto(link)
  await expect(heading(theirs, 'This link no longer works')).toBeVisible()
  await elsewhere.close()
})

test('another address: the old mailbox is told, the new one confirms', async ({ page, context }) => {
  await signIn(context, shop.merchant)
  await page.goto('/account')
  const next = `mira-${newId().slice(-12)}@example.com`
  await page.getByLabel('New address').fill(next)
  await page.getByRole('button', { name: 'Change address' }).click()
  await expect(page.getByText(`A link is on its way to ${next}.`)).toBeVisible()
  await waitForMail(shop.email, /^Your address is about to change$/)
  await page.goto(linkIn(await waitForMail(next, /^Confirm your new address$/), '/account/address'))
  await expect(heading(page, 'Confirm your address')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Use this address' }).click()
  await expect(page.getByText(`Signed in as ${next}`)).toBeVisible()
  await waitForMail(shop.email, /^Your address was changed$/)
  await forget(page)
  await signInByPassword(page, next, password)
  await expect(heading(page, 'Overview')).toBeVisible()
})

test('an owner turns two-step sign-in on, signs in with it, and loses the phone', async ({ page, context }) => {
  await signIn(context, shop.merchant)
  const { totp, codes } = await turnOn(page)
  await waitForMail(shop.email, /^Two-step sign-in is on$/)
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await expect(heading(page, 'Overview')).toBeVisible()

  await forget(page)
  await page.goto(`/dashboard/${shop.slug}/history`)
  await page.getByLabel('E-mail address').fill(shop.email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(heading(page, 'Second step')).toBeVisible()
  expect(await findings(page)).toEqual([])
  // Half signed in, nothing else opens.
  for (const path of [`/dashboard/${shop.slug}`, '/account', '/account/two-step', '/purchases', '/login', '/']) {
    await page.goto(path)
    await expect(heading(page, 'Second step'), path).toBeVisible()
  }
  expect((await page.request.get(`/api/live/${shop.slug}`)).status()).toBe(401)
  await page.goto(`/dashboard/${shop.slug}/history`)
  await page.getByLabel('Code').fill('000000')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByLabel('Code')).toHaveAccessibleDescription(/wrong or was used already/)
  await page.getByLabel('Code').fill(totp.generate())
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(heading(page, 'History')).toBeVisible()

  await forget(page)
  await signInByPassword(page, shop.email, password)
  await page.getByLabel('Code').fill(codes[3]?.toUpperCase() ?? '')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(heading(page, 'Overview')).toBeVisible()
  await waitForMail(shop.email, /^A recovery code was used$/)
  await page.goto('/account/two-step')
  await expect(card(page, 'Recovery codes').getByText('9 are left.')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Make new codes' }).click()
  await expect(page.getByText('Keep these recovery codes.')).toBeVisible()
  await anHourLater(shop.merchant.userId)
  await page.getByRole('button', { name: 'Turn off two-step sign-in' }).click()
  const dialog = page.getByRole('dialog', { name: 'Turn off two-step sign-in?' })
  await dialog.getByRole('button', { name: 'Turn off' }).click()
  await dialog.getByLabel('Code').fill((await page.getByText(/^(\w{4}-){3}\w{4}$/).allTextContents())[0] ?? '')
  await dialog.getByRole('button', { name: 'Turn off' }).click()
  await expect(page.getByRole('button', { name: 'Set up an authenticator app' })).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/settings/security`)
  for (const line of [
    'Signed in by password and code',
    'Signed in by password and recovery code',
    `Wrong code for ${shop.email}`,
    'New recovery codes',
    'Confirmed who they are by recovery code',
    'Two-step sign-in turned off',
  ])
    await expect(page.getByText(line).first(), line).toBeVisible()
})

test('a passkey signs in by itself, and is a second step', async ({ page, context }) => {
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  await signIn(context, shop.merchant)
  await page.goto('/account/two-step')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByLabel('Name of the passkey')).toHaveAccessibleDescription(/Enter a name/)
  await page.getByLabel('Name of the passkey').fill('Old laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByText('Keep these recovery codes.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Remove Old laptop' })).toBeVisible()
  expect(await findings(page)).toEqual([])
  await waitForMail(shop.email, /^A passkey was added$/)

  await forget(page)
  await page.goto(`/dashboard/${shop.slug}/history`)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(heading(page, 'History')).toBeVisible()

  await forget(page)
  await signInByPassword(page, shop.email, password)
  await expect(heading(page, 'Second step')).toBeVisible()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(heading(page, 'Overview')).toBeVisible()

  await page.goto('/account/two-step')
  await page.getByRole('button', { name: 'Remove Old laptop' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByRole('button', { name: 'Turn off two-step sign-in' })).toHaveCount(0)
  await forget(page)
  await page.goto('/login')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByText('This passkey does not sign in here. Try another way.')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await signInByPassword(page, shop.email, password)
  await expect(heading(page, 'Overview')).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/settings/security`)
  for (const line of ['Signed in by passkey', 'Signed in by password and passkey', 'Passkey “Old laptop” removed'])
    await expect(page.getByText(line).first(), line).toBeVisible()
})

test('a passkey proves once more who it is: in a dialog and in a form, also where it is the only proof', async ({
  page,
  context,
}) => {
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  await signIn(context, shop.merchant)
  await page.goto('/account/two-step')
  await page.getByLabel('Name of the passkey').fill('Laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByRole('button', { name: 'Remove Laptop' })).toBeVisible()

  // Beside the password.
  await anHourLater(shop.merchant.userId)
  await page.goto(`/dashboard/${shop.slug}/settings/api-keys/new`)
  await page.getByLabel('Name').fill('Shop server')
  await page.getByRole('button', { name: 'Create API key' }).click()
  await expect(page.getByLabel('Your password')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByText('Shop server is ready')).toBeVisible()

  // Where there is no password, and within a dialog.
  const { userId } = shop.merchant
  await prisma.user.update({ where: { id: userId }, data: { passwordHash: null } })
  await anHourLater(userId)
  await page.goto('/account/two-step')
  await page.getByRole('button', { name: 'Turn off two-step sign-in' }).click()
  const dialog = page.getByRole('dialog', { name: 'Turn off two-step sign-in?' })
  await dialog.getByRole('button', { name: 'Turn off' }).click()
  await expect(dialog.getByText('Confirm that it is you: you signed in a while ago.')).toBeVisible()
  expect(await findings(page, { inPortal: true })).toEqual([])
  await dialog.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Set up an authenticator app' })).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/settings/security`)
  await expect(page.getByText('Confirmed who they are by passkey').first()).toBeVisible()
})

test('after a while, whoever makes an API key or changes members says again who they are', async ({
  page,
  context,
}) => {
  const colleague = await shop.member('support')
  await signIn(context, shop.merchant)
  await anHourLater(shop.merchant.userId)
  await page.goto(`/dashboard/${shop.slug}/settings/members`)
  await page.getByRole('button', { name: `Change role of ${colleague.email}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Role').click()
  await page.getByRole('option', { name: /^Viewer/ }).click()
  await dialog.getByRole('button', { name: 'Change role' }).click()
  await dialog.getByLabel('Your password').fill('not this one')
  await dialog.getByRole('button', { name: 'Change role' }).click()
  await expect(dialog.getByLabel('Your password')).toHaveAccessibleDescription(/This is not your password/)
  expect(await findings(page, { inPortal: true })).toEqual([])
  await dialog.getByLabel('Your password').fill(password)
  await dialog.getByRole('button', { name: 'Change role' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('listitem').filter({ hasText: colleague.email }).getByText('Viewer')).toBeVisible()

  await anHourLater(shop.merchant.userId)
  const email = `nora-${newId().slice(-12)}@example.com`
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await page.getByLabel('Your password').fill(password)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText(`The invitation is on its way to ${email}.`)).toBeVisible()

  await anHourLater(shop.merchant.userId)
  await page.goto(`/dashboard/${shop.slug}/settings/api-keys/new`)
  await page.getByLabel('Name').fill('Shop server')
  await page.getByRole('button', { name: 'Create API key' }).click()
  await page.getByLabel('Your password').fill(password)
  await page.getByRole('button', { name: 'Create API key' }).click()
  await expect(page.getByText('Shop server is ready')).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/settings/security`)
  await expect(page.getByText('Confirmed who they are by password').first()).toBeVisible()
})

test('where two steps are required, members without them are led to set them up', async ({
  page,
  context,
  browser,
}) => {
  const colleague = await shop.member('viewer')
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/members`)
  const require = async () => {
    await page.getByRole('button', { name: 'Require it of all' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Require it' }).click()
  }
  await require()
  await expect(page.getByRole('dialog').getByText(/Turn two-step sign-in on for yourself first/)).toBeVisible()
  await turnOn(page)
  await page.goto(`/dashboard/${shop.slug}/settings/members`)
  await require()
  await expect(page.getByText('Required of all members. Whoever')).toBeVisible()
  expect(await findings(page)).toEqual([])

  const theirs = await browser.newContext()
  await signIn(theirs, colleague)
  const other = await theirs.newPage()
  await other.goto(`/dashboard/${shop.slug}/history`)
  await expect(heading(other, 'Two-step sign-in')).toBeVisible()
  await expect(other.getByText('Guild Software asks all its members to sign in by two steps.')).toBeVisible()
  expect((await other.request.get(`/api/live/${shop.slug}`)).status()).toBe(404)
  await turnOn(other)
  await other.goto(`/dashboard/${shop.slug}/history`)
  await expect(heading(other, 'History')).toBeVisible()
  await theirs.close()
})

test('a sign-in from a new browser is told by mail, the next one from there is not', async ({ page }) => {
  await prisma.user.update({
    where: { id: shop.merchant.userId },
    data: { createdAt: new Date(Date.now() - 86_400_000) },
  })
  const news = async () =>
    (await mailsTo(shop.email)).filter(({ subject }) => subject === 'New sign-in to your account').length
  await signInByPassword(page, shop.email, password)
  await expect(heading(page, 'Overview')).toBeVisible()
  await waitForMail(shop.email, /^New sign-in to your account$/)
  await forget(page)
  await signInByPassword(page, shop.email, password)
  await expect(heading(page, 'Overview')).toBeVisible()
  // Mail goes out in order: what follows would come after it.
  await page.goto('/login/forgot')
  await page.getByLabel('E-mail address').fill(shop.email)
  await page.getByRole('button', { name: 'E-mail me the link' }).click()
  await waitForMail(shop.email, /^Set a new password$/)
  expect(await news()).toBe(1)
})

test('whoever reads German has their account, the way into it and its mails in German', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'de-DE' })
  const page = await context.newPage()
  await page.goto('/login')
  await page.getByRole('link', { name: 'Passwort vergessen?' }).click()
  await expect(heading(page, 'Passwort vergessen')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByLabel('E-Mail-Adresse').fill(shop.email)
  await page.getByRole('button', { name: 'Link schicken' }).click()
  await expect(heading(page, 'Sehen Sie in Ihr Postfach')).toBeVisible()
  const mail = await waitForMail(shop.email, /^Neues Passwort festlegen$/)
  await page.goto(linkIn(mail, '/login/password'))
  await expect(heading(page, 'Neues Passwort wählen')).toBeVisible()
  await page.getByLabel('Neues Passwort').fill('kurz')
  await page.getByRole('button', { name: 'Passwort festlegen und anmelden' }).click()
  await expect(page.getByLabel('Neues Passwort')).toHaveAccessibleDescription(/höchstens 200, und keines/)
  await page.getByLabel('Neues Passwort').fill('ein ganzer Satz, und zwar ein langer')
  await page.getByRole('button', { name: 'Passwort festlegen und anmelden' }).click()
  await expect(heading(page, 'Overview')).toBeVisible()
  await waitForMail(shop.email, /^Ihr Passwort wurde geändert$/)

  await page.goto('/account')
  await expect(heading(page, 'Ihr Konto')).toBeVisible()
  await expect(page.getByText('dieser Browser')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByLabel('Bisheriges Passwort').fill('falsch')
  await page.getByLabel('Neues Passwort').fill('noch ein ganzer Satz, und ein langer')
  await page.getByRole('button', { name: 'Passwort ändern' }).click()
  await expect(page.getByLabel('Bisheriges Passwort')).toHaveAccessibleDescription(/nicht Ihr bisheriges Passwort/)
  await anHourLater(shop.merchant.userId)
  await page.getByLabel('Neue Adresse').fill(`neu-${newId().slice(-8)}@example.com`)
  await page.getByRole('button', { name: 'Adresse ändern' }).click()
  await expect(page.getByLabel('Ihr Passwort', { exact: true })).toHaveAccessibleDescription(
    /Zeigen Sie, dass Sie es sind/,
  )
  await context.close()
})

test('no page of an account, and none on the way into one, shows English to whoever reads German', async ({
  browser,
}) => {
  const context = await browser.newContext({ locale: 'de-DE' })
  const page = await context.newPage()
  const look = async (place: string) => {
    await page.goto(place)
    await expectGermanOnly(page, place)
  }
  const bad = 'x'.repeat(40)
  for (const place of [
    ...['/login', '/login?error=unlinked', '/login/forgot', '/login/sent?to=a@example.com', '/login/confirm'],
    ...['/login/sent?to=a@example.com&for=password', `/login/link?token=${bad}&email=a@example.com`, '/login/link'],
    ...[`/login/password?token=${bad}`, `/login/invitation?token=${bad}`],
  ])
    await look(place)

  const token = newId() + newId()
  const invited = `lena-${newId().slice(-12)}@example.com`
  await prisma.invitation.create({
    data: {
      ...{ id: newId(), organizationId: shop.id, email: invited, role: 'support', tokenHash: hashInvitation(token) },
      ...{ invitedBy: 'Mira', createdAt: new Date(), expiresAt: new Date(Date.now() + 86_400_000) },
    },
  })
  await look(`/login/invitation?token=${token}`)
  await page.getByRole('button', { name: 'Beitreten' }).click()
  await expect(page.getByLabel('Ihr Name')).toHaveAccessibleDescription(/Geben Sie Ihren Namen ein/)
  await expectGermanOnly(page, 'a refused joining')

  await signIn(context, shop.merchant)
  for (const place of ['/account', '/account/organization', '/account/two-step', `/account/address?token=${bad}`])
    await look(place)
  await look(`/login/invitation?token=${token}`)
  const link = await prisma.$transaction((tx) =>
    makeLink(tx, 'address', { userId: shop.merchant.userId, email: invited }, new Date()),
  )
  await look(`/account/address?token=${link}`)
  await expect(page.getByRole('button', { name: 'Diese Adresse nehmen' })).toBeVisible()

  await page.goto('/account')
  await page.getByLabel('Ihr Name').fill('')
  await page.getByRole('button', { name: 'Namen speichern' }).click()
  await expect(page.getByLabel('Ihr Name')).toHaveAccessibleDescription(/Geben Sie Ihren Namen ein/)
  await expectGermanOnly(page, 'a refused name')

  await page.goto('/account/two-step')
  await page.getByRole('button', { name: 'Passkey hinzufügen' }).click()
  await expect(page.getByLabel('Name des Passkeys')).toHaveAccessibleDescription(/Geben Sie einen Namen ein/)
  await page.getByRole('button', { name: 'Authenticator-App einrichten' }).click()
  await page.getByLabel('Code, den die App zeigt').fill('000000')
  await page.getByRole('button', { name: 'Einschalten' }).click()
  await expect(page.getByLabel('Code, den die App zeigt')).toHaveAccessibleDescription(/Dieser Code passt nicht/)
  await expectGermanOnly(page, 'a refused code')
  const key = (await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()) ?? ''
  const totp = new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) })
  await page.getByLabel('Code, den die App zeigt').fill(totp.generate({ timestamp: Date.now() - 30_000 }))
  await page.getByRole('button', { name: 'Einschalten' }).click()
  await expect(page.getByText('Bewahren Sie diese Ersatzcodes auf.')).toBeVisible()
  await expectGermanOnly(page, 'the recovery codes')
  await look('/account/two-step')
  await page.getByRole('button', { name: 'Anmelden in zwei Schritten ausschalten' }).click()
  await expectGermanOnly(page, 'turning it off')
  await anHourLater(shop.merchant.userId)
  await page.getByRole('dialog').getByRole('button', { name: 'Ausschalten' }).click()
  await expect(page.getByRole('dialog').getByLabel('Code aus der App')).toBeVisible()
  await expectGermanOnly(page, 'asking for proof')

  await prisma.organization.update({ where: { id: shop.id }, data: { signInWays: ['passkey'] } })
  await look(`/login/way?organization=${shop.slug}`)
  await forget(page)
  await page.goto('/login')
  await page.getByLabel('E-Mail-Adresse').fill(shop.email)
  await page.getByLabel('Passwort').fill(password)
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
  await expect(heading(page, 'Zweiter Schritt')).toBeVisible()
  await page.getByLabel('Code aus der App').fill('000000')
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
  await expect(page.getByLabel('Code aus der App')).toHaveAccessibleDescription(/Dieser Code stimmt nicht/)
  await expectGermanOnly(page, 'the second step')
  await context.close()
})
