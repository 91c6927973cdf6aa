import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

test('a viewer sees everything but key strings, and no way to change anything', async ({ page, context }) => {
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ name: 'Team' })
  const product = await shop.product([configuration])
  const key = await shop.issue(configuration, { productId: product })
  await send({
    path: '/api/license/activate',
    body: { key: key.key, organization_id: shop.id, label: 'Office PC', fingerprint: '1' },
  })
  await signIn(context, await shop.member('viewer'))
  const base = `/dashboard/${shop.slug}`
  const changes =
    /^(Issue|New|Create|Edit|Disable|Enable|Revoke|Restore|Archive|Reveal|Resend|Deactivate|Rename|Add a note|Edit note)\b/
  for (const path of [
    ...['', '/license-keys', `/license-keys/${key.id}`, '/activations', '/customers', '/history', '/products'],
    ...[`/products/${product}`, '/key-configurations', `/key-configurations/${configuration}`],
    `/key-configurations/${configuration}/integrate`,
  ]) {
    await page.goto(base + path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByRole('main').getByRole('button', { name: changes }), path).toHaveCount(0)
    await expect(page.getByRole('main').getByRole('link', { name: changes }), path).toHaveCount(0)
    await expect(page.getByRole('main').getByRole('checkbox'), path).toHaveCount(0)
    expect(await page.content(), path).not.toContain(key.key)
  }
  for (const [path, words] of [
    ['/license-keys/new', 'Your role cannot issue keys.'],
    [`/license-keys/${key.id}/edit`, 'Your role cannot change keys.'],
    ['/products/new', 'Your role does not allow this'],
    [`/products/${product}/edit`, 'Your role does not allow this'],
    ['/key-configurations/new', 'Your role does not allow this'],
    [`/key-configurations/${configuration}/edit`, 'Your role does not allow this'],
    ['/settings/api-keys', 'Your role does not allow this'],
    ['/settings/api-keys/new', 'Your role does not allow this'],
    ['/settings/mail/looks', 'Your role does not allow this'],
    ['/settings/mail/texts/renewed', 'Your role does not allow this'],
    ['/settings/security', 'Your role does not allow this'],
    ['/settings/background-work', 'Your role does not allow this'],
  ] as const) {
    await page.goto(base + path)
    await expect(page.getByText(words), path).toBeVisible()
    await expect(page.getByRole('main').getByRole('textbox'), path).toHaveCount(0)
  }
})

test('who is made a viewer while a page is open is refused by the action', async ({ page, context }) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  const member = await shop.member('support')
  await signIn(context, member)
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await page.getByRole('button', { name: 'Disable', exact: true }).click()
  await prisma.membership.updateMany({ where: { userId: member.userId }, data: { role: 'viewer' } })
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Disable', exact: true }).click()
  await expect(dialog.getByRole('alert')).toHaveText(
    'Your role (viewer) does not allow this. Ask an owner of the organization.',
  )
  const { json } = await send({ path: '/api/license/validate', body: { key: key.key, organization_id: shop.id } })
  expect(json.code).toBe('VALID')
})
