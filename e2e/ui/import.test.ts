import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { newId } from '#lib/base/ids.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { importLines } from '../load/import-file.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

const rowsOf = (text: string) =>
  (parse(text, { columns: true, bom: true }) as Record<string, string>[]).sort((a, b) =>
    (a.key ?? '') < (b.key ?? '') ? -1 : 1,
  )

test('keys with devices come from a file with bad lines, work at once with their old ids, and go out again as they came', async ({
  page,
  context,
}) => {
  test.setTimeout(180_000)
  const shop = await makeOrganization()
  const configurationId = await shop.configuration({ name: 'Editor', activationsMode: 'limited', activationLimit: 3 })
  await signIn(context, shop.merchant)
  const text = [...importLines(400, 8, 'Editor')].join('')
  const source = rowsOf(text)

  await page.goto(`/dashboard/${shop.slug}/license-keys`)
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Import keys…' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Import keys' })).toBeVisible()
  await page
    .getByLabel('Choose files, or drop them here')
    .setInputFiles({ name: 'old shop.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await page.getByRole('button', { name: 'Upload' }).click()

  // Its columns are recognised, and shown without a key.
  await expect(page.getByRole('heading', { level: 1, name: 'old shop.csv' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Exported from' })).toHaveText('Latchkey')
  await expect(page.getByRole('combobox', { name: 'Column customer_email' })).toHaveText('Customer e-mail')
  await expect(page.getByText('customer-0@load.example').first()).toBeVisible()
  for (const { key = '' } of source.slice(0, 5)) await expect(page.getByText(key)).toHaveCount(0)
  await page.getByRole('button', { name: 'Check', exact: true }).click()

  // What would happen, before anything does.
  const begin = page.getByRole('button', { name: 'Import 392 keys' })
  await expect(begin).toBeVisible({ timeout: 90_000 })
  await expect(page.getByRole('heading', { name: 'Will not be imported' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'Line 51', exact: true })).toBeVisible()
  await expect(page.getByText('The status “perhaps” is not known.')).toHaveCount(8)
  expect(await validate(shop.id, source[0]?.key)).toMatchObject({ valid: false, code: 'NOT_FOUND' })
  await begin.click()

  await expect(page.getByText('Keys imported')).toBeVisible({ timeout: 60_000 })
  const report = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download as CSV' }).click()
  const problems = rowsOf(readFileSync(await (await report).path(), 'utf8'))
  expect(problems.map(({ line }) => Number(line)).sort((a, b) => a - b)).toEqual([
    51, 101, 151, 201, 251, 301, 351, 401,
  ])
  for (const { key = '' } of problems) expect(key).toMatch(/^••••[0-9A-F]{1,6}$/)

  // A client in the field, with its old key and its old device.
  const good = source.filter(({ status }) => status === 'granted')
  for (const row of [good[0], good[100], good.at(-1)]) {
    const [device] = JSON.parse(row?.activations ?? '[]') as { id: string }[]
    const answer = await validate(shop.id, row?.key, device?.id)
    expect(answer).toMatchObject({
      valid: true,
      id: row?.id,
      benefit_id: configurationId,
      activation: { id: device?.id },
    })
  }

  await page.getByRole('link', { name: 'Show the keys' }).click()
  await expect(page.getByText('392', { exact: true }).first()).toBeVisible()
  const exported = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'CSV' }).click()
  const again = rowsOf(readFileSync(await (await exported).path(), 'utf8'))
  const used = new Set(good.filter((_, i) => [0, 100, good.length - 1].includes(i)).map(({ key }) => key))
  const same = (rows: Record<string, string>[]) =>
    rows
      .filter(({ key, status }) => status !== 'perhaps' && !used.has(key))
      .map((row) => ({ ...row, customer_id: '', note: row.note?.replace(/^'/, '') }))
  expect(same(again)).toEqual(same(source))
  expect(again).toHaveLength(392)
})

test('a table of nobody’s is matched by hand, and a mistake is said where it was made', async ({ page, context }) => {
  const shop = await makeOrganization()
  await shop.configuration({ name: 'Only one' })
  await signIn(context, shop.merchant)
  const key = `HAND-${newId()}`
  await page.goto(`/dashboard/${shop.slug}/imports/new`)
  await page.getByLabel('Choose files, or drop them here').setInputFiles({
    ...{ name: 'list.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(`Zeug;Wer\n${key};hand@example.com\n`),
  })
  await page.getByRole('button', { name: 'Upload' }).click()
  await expect(page.getByRole('button', { name: 'Check', exact: true })).toHaveAttribute('aria-disabled', 'true')
  for (const [column, field] of [
    ['Zeug', 'License key'],
    ['Wer', 'Customer e-mail'],
  ] as const) {
    await page.getByRole('combobox', { name: `Column ${column}` }).click()
    await page.getByRole('option', { name: field, exact: true }).click()
    await expect(page.getByRole('option')).toHaveCount(0)
  }
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByRole('button', { name: 'Import 1 key' }).click({ timeout: 90_000 })
  await expect(page.getByText('Every record was imported.')).toBeVisible({ timeout: 90_000 })
  expect(await validate(shop.id, key)).toMatchObject({ valid: true })

  await page.goto(`/dashboard/${shop.slug}/imports/new`)
  await page.getByLabel('Choose files, or drop them here').setInputFiles({
    ...{ name: 'picture.csv', mimeType: 'text/csv', buffer: Buffer.from([0x89, 0x50, 0, 0, 1]) },
  })
  await page.getByRole('button', { name: 'Upload' }).click()
  await expect(page.getByText('picture.csv: This is neither a CSV nor a JSON file.')).toBeVisible()
})

test('odd files are a sentence, and health answers meanwhile', async ({ page, context }) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization()
  await shop.configuration({ name: 'Only one' })
  await signIn(context, shop.merchant)
  let isOver = false
  const health = (async () => {
    let asked = 0
    for (; !isOver; asked++) expect((await send({ path: '/api/health', method: 'GET' })).status).toBe(200)
    return asked
  })()
  const wide = Array.from({ length: 200_000 }, (_, i) => `col${i}`).join(',')
  for (const [name, text, sentence] of [
    ['wide.csv', `${wide}\n${wide}\n`, 'wide.csv: This table has 200,000 columns; at most 300 are read.'],
    ['deep.json', '[{"a":'.repeat(50_000), 'deep.json: Record 1 is nested more than 64 levels deep'],
    ['line.csv', `key,email\n${'x'.repeat(5_000_000)}`, 'line.csv: What begins at line 2 is longer than two million'],
    ['blank.csv', '\n'.repeat(1_000_000), 'blank.csv: This file is empty.'],
    ['keys.xlsx.csv', 'PK\u0003\u0004', 'keys.xlsx.csv: This is neither a CSV nor a JSON file but an Excel workbook'],
  ] as const) {
    await page.goto(`/dashboard/${shop.slug}/imports/new`)
    await page
      .getByLabel('Choose files, or drop them here')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await page.getByRole('button', { name: 'Upload' }).click()
    await expect(page.getByText(sentence)).toBeVisible({ timeout: 90_000 })
  }
  isOver = true
  expect(await health).toBeGreaterThan(0)

  // As many columns as are read are drawn, each with one list of fields at most.
  const columns = Array.from({ length: 298 }, (_, i) => `col${i}`)
  await page.goto(`/dashboard/${shop.slug}/imports/new`)
  await page.getByLabel('Choose files, or drop them here').setInputFiles({
    ...{ name: 'broad.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(`key,email,${columns}\nAAAA-${newId()},a@example.com,${columns}\n`),
  })
  await page.getByRole('button', { name: 'Upload' }).click()
  await expect(page.getByRole('combobox', { name: 'Column col297' })).toHaveText('Left out')
  await expect(page.getByRole('option')).toHaveCount(0)
})

test('a column that may matter is asked about, and what was left out is listed', async ({ page, context }) => {
  const shop = await makeOrganization()
  await shop.configuration({ name: 'Only one' })
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/imports/new`)
  await page.getByLabel('Choose files, or drop them here').setInputFiles({
    ...{ name: 'shop.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(
      `Sold by us\nkey;email;status;Zahlung;Farbe\nA-${newId()};a@example.com;active;refunded;red\nB-${newId()};b@example.com;inactive;paid;blue\n`,
    ),
  })
  await page.getByRole('button', { name: 'Upload' }).click()
  await expect(page.getByText('It looks like it says which keys are still valid.')).toBeVisible()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(page.getByText('“Zahlung” looks like it says which keys are still valid')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Leave out “Zahlung”' }).check()
  await page.getByRole('combobox', { name: '“Inactive” means' }).click()
  await page.getByRole('option', { name: 'Switched off: the key is not good' }).click()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Import 2 keys' })).toBeVisible({ timeout: 90_000 })
  await expect(page.getByText('1 active, 1 disabled')).toBeVisible()
  await expect(page.getByText('These 2 columns are left out: Zahlung, Farbe.')).toBeVisible()

  await page.goto(`/dashboard/${shop.slug}/imports/new`)
  await page.getByLabel('Choose files, or drop them here').setInputFiles({
    ...{ name: 'nothing.csv', mimeType: 'text/csv', buffer: Buffer.from('key,email\n#N/A,a@example.com\n') },
  })
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(page.getByText('Nothing to import', { exact: true })).toBeVisible({ timeout: 90_000 })
  await expect(page.getByText('Ready to start')).toHaveCount(0)
})

async function validate(organization_id: string, key = '', activation_id?: string) {
  return (await send({ path: '/api/license/validate', body: { key, organization_id, activation_id } })).json
}
