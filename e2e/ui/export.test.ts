import { readFile } from 'node:fs/promises'
import yauzl from 'yauzl'
import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization, password } from '../organization.ts'
import { signIn } from '../session.ts'

test('an owner proves who it is, waits, and downloads everything as one file', async ({ page, context }) => {
  const shop = await makeOrganization({ name: 'Fable Archive' })
  const key = await shop.issue(await shop.configuration())
  await signIn(context, shop.merchant)
  const anHourAgo = () =>
    prisma.session.updateMany({
      where: { userId: shop.merchant.userId },
      data: { confirmedAt: new Date(Date.now() - 3_600_000) },
    })
  await anHourAgo()
  await page.goto(`/dashboard/${shop.slug}/settings/export`)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Export everything' }).click()
  const dialog = page.getByRole('dialog')
  expect(await findings(page, { inPortal: true })).toEqual([])
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await dialog.getByLabel('Your password').fill(password)
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(page.getByText('Ready')).toBeVisible()
  expect(await findings(page)).toEqual([])

  // Whoever finds the browser later has to prove it again, also with the address of the file.
  await anHourAgo()
  const { id } = await prisma.archive.findFirstOrThrow({ where: { organizationId: shop.id } })
  await page.goto(`/dashboard/${shop.slug}/settings/export/${id}`)
  await expect(page.getByRole('button', { name: 'Download' })).toBeVisible()
  await page.getByRole('button', { name: 'Download' }).click()
  await dialog.getByRole('button', { name: 'Download' }).click()
  await dialog.getByLabel('Your password').fill(password)
  const downloading = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Download' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(new RegExp(`^${shop.slug}-\\d{4}-\\d\\d-\\d\\d\\.zip$`))
  const zip = await yauzl.fromBufferPromise(await readFile(await download.path()))
  const texts = new Map<string, string>()
  for await (const entry of zip.eachEntry())
    texts.set(entry.fileName, Buffer.concat(await Array.fromAsync(await zip.openReadStreamPromise(entry))).toString())
  expect(texts.get('README.md')).toContain('# Fable Archive')
  expect(texts.get('data/license-keys.jsonl')).toContain(key.key)

  // Now it is a link.
  await page.reload()
  await expect(page.getByRole('link', { name: 'Download' })).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/settings/security`)
  await expect(page.getByText('Export of everything downloaded')).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/settings/export`)
  await page.getByRole('button', { name: 'Delete' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('Ready')).toHaveCount(0)
  expect(await prisma.archivePart.count({ where: { archiveId: id } })).toBe(0)
})
