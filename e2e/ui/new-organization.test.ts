// Somebody makes an organization of their own, in a process of its own that allows it.
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { type AppProcess, freePort, startAppProcess } from '../app-process.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization } from '../organization.ts'
import { makePerson, sessionCookie } from '../session.ts'

let app: AppProcess

test.beforeAll(async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  app = await startAppProcess({ LATCHKEY_URL: url, NEXTAUTH_URL: url, NEW_ORGANIZATIONS: 'anyone' }, { port })
})
test.afterAll(async () => {
  await app?.end()
})

test('an organization is made by pressing: its address follows the name, and its owner is inside', async ({
  page,
  context,
}) => {
  const taken = await makeOrganization()
  const person = await makePerson(`founder-${newId().slice(-12)}@example.com`)
  await context.addCookies([{ ...(await sessionCookie(person.userId)), url: app.url }])
  await page.goto(`${app.url}/dashboard`)
  await page.getByRole('link', { name: 'New organization' }).click()
  const [name, address] = [page.getByLabel('Name', { exact: true }), page.getByLabel('Dashboard address')]
  const create = page.getByRole('button', { name: 'Create organization' })
  await create.click()
  await expect(name).toHaveAttribute('aria-invalid', 'true')
  expect(await findings(page)).toEqual([])

  const mark = newId().slice(-12)
  await name.fill(`Grüne Wiese ${mark}`)
  await expect(address).toHaveValue(`grune-wiese-${mark}`)
  await address.fill(taken.slug)
  await create.click()
  await expect(address).toHaveAttribute('aria-invalid', 'true')
  await expect(name).toHaveValue(`Grüne Wiese ${mark}`)
  await address.fill('')
  await expect(address).toHaveValue(`grune-wiese-${mark}`)
  await create.click()
  await expect(page).toHaveURL(`${app.url}/dashboard/grune-wiese-${mark}`)
  await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible()
  const { memberships } = await prisma.organization.findUniqueOrThrow({
    where: { slug: `grune-wiese-${mark}` },
    select: { memberships: { select: { userId: true, role: true } } },
  })
  expect(memberships).toEqual([{ userId: person.userId, role: 'owner' }])
})
