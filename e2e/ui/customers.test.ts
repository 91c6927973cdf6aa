import { newId } from '#lib/base/ids.ts'
import { addNote } from '#lib/customers/notes.ts'
import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

// What members do with a customer: change who they are, write about them, read what happened, and see what they see.

const somebody = () => `kept-${newId().slice(-12)}@example.com`

async function shopWithCustomer(email = somebody()) {
  const shop = await makeOrganization({ name: 'Quill Software' })
  const configuration = await shop.configuration({ activationsMode: 'limited', activationLimit: 3 })
  const key = await shop.issue(configuration, { customerEmail: email })
  const { id } = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email } })
  return { shop, configuration, key, id, email, home: `/dashboard/${shop.slug}/customers/${id}` }
}

test('an admin gives a customer another name and address; both mailboxes are told, and history has before and after', async ({
  page,
  context,
}) => {
  const { shop, email, home } = await shopWithCustomer()
  await signIn(context, await shop.member('admin'))
  await page.goto(home)
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await page.getByRole('textbox', { name: /^Name/ }).fill('Hana Novak')
  const to = somebody()
  await page.getByRole('textbox', { name: 'E-mail' }).fill(to)
  await expect(page.getByText('This hands everything they have to another mailbox.')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Hana Novak' })).toBeVisible()
  await expect(page.getByText(`Address: ${email} → ${to}`)).toBeVisible()
  await waitForMail(email, /^Your address at Quill Software was changed$/)
  await waitForMail(to, /^Your address at Quill Software was changed$/)

  await signIn(context, await shop.member('support'))
  await page.goto(home)
  await expect(page.getByRole('heading', { level: 1, name: 'Hana Novak' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Edit', exact: true })).toHaveCount(0)
  await page.goto(`${home}/edit`)
  await expect(page.getByText('Your role does not allow this')).toBeVisible()
})

test('an address that somebody else has leads to both of them side by side, and they become one', async ({
  page,
  context,
}) => {
  const { shop, configuration, key, email, home } = await shopWithCustomer()
  const other = await shop.issue(configuration)
  await signIn(context, shop.merchant)
  await page.goto(`${home}/edit`)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(other.customerEmail)
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('Another customer has this address.').first()).toBeVisible()
  await page.getByRole('button', { name: 'Look at both' }).click()
  await expect(page.getByRole('heading', { name: 'Stays' })).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Merge…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('1 key, 0 purchases', { exact: true })).toBeVisible()
  await dialog.getByRole('textbox').fill(email)
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(page.getByText('The two are one customer now')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: other.customerEmail })).toBeVisible()
  const keys = await prisma.licenseKey.findMany({ where: { organizationId: shop.id }, select: { customer: true } })
  expect(keys.map(({ customer }) => customer.email)).toEqual([other.customerEmail, other.customerEmail])
  expect(key.customerEmail).toBe(email)
})

test('an address that they took themselves is replaced only by somebody who says so', async ({ page, context }) => {
  const { shop, id, home } = await shopWithCustomer()
  await prisma.customer.update({ where: { id }, data: { addressChosenAt: new Date() } })
  await signIn(context, shop.merchant)
  await page.goto(`${home}/edit`)
  const to = somebody()
  await page.getByRole('textbox', { name: 'E-mail' }).fill(to)
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText(/^They took this address themselves/).first()).toBeVisible()
  expect((await prisma.customer.findUniqueOrThrow({ where: { id } })).email).not.toBe(to)
  await page.getByRole('checkbox', { name: 'Replace the address they took themselves' }).check()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('heading', { level: 1, name: to })).toBeVisible()
})

test('one who took their address themselves is merged away only by somebody who says so', async ({ page, context }) => {
  const { shop, configuration, id, email, home } = await shopWithCustomer()
  await prisma.customer.update({ where: { id }, data: { addressChosenAt: new Date() } })
  const other = await shop.issue(configuration)
  await signIn(context, shop.merchant)
  await page.goto(`${home}/merge?into=${other.customerEmail}`)
  await page.getByRole('button', { name: 'Merge…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(email)
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(dialog.getByText(/^They took this address themselves/)).toBeVisible()
  await dialog.getByRole('checkbox', { name: `Give up ${email}, which they took themselves` }).check()
  await dialog.getByRole('textbox').fill(email)
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(page.getByText('The two are one customer now')).toBeVisible()
})

test('support writes, changes and deletes notes of their own; the list finds a customer by their words', async ({
  page,
  context,
}) => {
  const { shop, id, email, home } = await shopWithCustomer()
  await addNote(shop.merchant, { customerId: id, text: 'Owner wrote this' }, new Date(Date.now() - 60_000))
  const support = await shop.member('support')
  await prisma.user.update({ where: { id: support.userId }, data: { name: 'Sana Support' } })
  await signIn(context, support)
  await page.goto(home)
  await page.getByRole('textbox', { name: 'New note' }).fill('Moved to a new studio\nasks for an invoice')
  await page.getByRole('button', { name: 'Add note' }).click()
  await expect(page.getByText('Moved to a new studio')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'New note' })).toHaveValue('')
  await expect(page.getByText('2 notes')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Edit the note of Mira Member' })).toHaveCount(0)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Edit the note of Sana Support' }).click()
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Has the invoice by now')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Has the invoice by now')).toBeVisible()

  await page.goto(`/dashboard/${shop.slug}/customers?q=INVOICE`)
  await expect(page.getByText('Note: Has the invoice by now')).toBeVisible()
  await page.getByText(email).first().click()
  await page.getByRole('button', { name: 'Delete the note of Sana Support' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('Has the invoice by now')).toHaveCount(0)
  await expect(page.getByText('Owner wrote this')).toBeVisible()
})

test('everything that happened to a customer is on one page, and can be narrowed', async ({ page, context }) => {
  const { shop, id, home } = await shopWithCustomer()
  await addNote(shop.merchant, { customerId: id, text: 'Quiet' }, new Date())
  await signIn(context, await shop.member('viewer'))
  await page.goto(home)
  await page.getByRole('link', { name: 'All history' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /^History/ })).toBeVisible()
  const table = page.getByRole('main')
  await expect(table.getByText('Note written')).toBeVisible()
  await expect(table.getByText(/^Issued/)).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.goto(`${home}/history?what=keys`)
  await expect(table.getByText(/^Issued/)).toBeVisible()
  await expect(table.getByText('Note written')).toHaveCount(0)
  // Never its text.
  await expect(page.getByText('Quiet')).toHaveCount(0)
})

test('a member looks at the page of a customer as they see it: recorded, in their language, and nothing can be done', async ({
  page,
  context,
  complaints,
}) => {
  // A key of theirs elsewhere is not found.
  complaints.provoked.push(/status of 404/)
  const { shop, id, key, email, home } = await shopWithCustomer()
  const person = await makePerson(email)
  await prisma.user.update({ where: { id: person.userId }, data: { language: 'de' } })
  const elsewhere = await shopWithCustomer(email)
  await signIn(context, shop.merchant)
  const preview = `/purchases/preview/${shop.slug}/${id}`
  await page.goto(preview)
  await expect(page.getByRole('heading', { name: 'This preview is not open' })).toBeVisible()
  await page.goto(home)
  await page.getByRole('button', { name: 'Look as they see it' }).click()
  await expect(page.getByRole('complementary', { name: 'Preview' })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'Ihre Käufe' })).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'Quill Software' })).toHaveCount(1)
  expect(await findings(page)).toEqual([])
  await page.getByRole('main').getByRole('link').first().click()
  await expect(page.getByText(key.key).first()).toBeVisible()
  for (const button of await page.getByRole('main').getByRole('button').all()) await expect(button).toBeDisabled()
  expect(await findings(page)).toEqual([])
  await page.getByRole('link', { name: 'English' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'Your purchases' })).toBeVisible()
  // Not their key elsewhere, and not as them: who looks is who they were.
  await page.goto(`${preview}/${elsewhere.key.id}`)
  await expect(page.getByText(elsewhere.key.key)).toHaveCount(0)
  await page.goto('/purchases')
  await expect(page.getByText(email)).toHaveCount(0)
  await page.goto(home)
  await expect(page.getByText('Their page looked at, as they see it')).toHaveCount(1)
  await expect(page.getByText('Key revealed')).toHaveCount(1)

  await signIn(context, await shop.member('admin'))
  await page.goto(preview)
  await expect(page.getByRole('heading', { name: 'This preview is not open' })).toBeVisible()
})
