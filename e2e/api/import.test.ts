import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { send } from '../http.ts'
import { makeOrganization } from '../organization.ts'

const root = path.join(import.meta.dirname, '../..')
let folder: string
test.beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-import-'))
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `npm run import` on the database of the app under test, from the folder its files lie in. */
async function importFiles(files: Record<string, string>, ...args: string[]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  const child = spawn(process.execPath, [path.join(root, 'scripts/import.ts'), ...Object.keys(files), ...args], {
    cwd: root,
    env: { ...process.env, INIT_CWD: folder, npm_lifecycle_event: '', FORCE_COLOR: '0' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const [code] = await once(child, 'close')
  return { code, output }
}

test('npm run import checks, imports and says what it left out', async () => {
  const shop = await makeOrganization()
  await shop.configuration({ name: 'Editor' })
  const [key, device] = [`CLI-${newId().toUpperCase()}`, newId()]
  const bad = `CLI-BAD-${newId().toUpperCase()}`
  const files = {
    'keys.csv': `serial,mail,activation_id,device\n${key},cli@example.com,${device},iMac\n${bad},nobody,,\n`,
  }
  const of = ['--organization', shop.slug]
  const where = { organizationId: shop.id }

  const tried = await importFiles(files, ...of, '--dry-run')
  expect(tried.output).toContain('This would be imported:\n           1  keys')
  expect(tried.code).toBe(1)
  expect(await prisma.licenseKey.count({ where })).toBe(0)
  expect(await prisma.import.count({ where })).toBe(0)

  const done = await importFiles(files, ...of)
  expect(done.output).toContain('read as: Another table')
  expect(done.output).toContain('Imported:\n           1  keys\n           1  devices\n           1  new customers')
  expect(done.output).toMatch(/1 record was not imported:\n\s+3\s+••••\w+\s+“nobody” is not an e-mail address/)
  for (const secret of [key, bad]) expect(done.output).not.toContain(secret)
  expect(done.code).toBe(1)
  const { json } = await send({
    path: '/api/license/validate',
    body: { key, organization_id: shop.id, activation_id: device },
  })
  expect(json).toMatchObject({ valid: true, activation: { id: device, label: 'iMac' } })

  const again = await importFiles({ 'keys.csv': files['keys.csv'].replace(/\n[^\n]*nobody.*/, '') }, ...of)
  expect(again.output).toContain('1  keys that already existed, left untouched')
  expect(again.code).toBe(0)
})

test('npm run import lists what it leaves out, and never guesses what decides about a key', async () => {
  const shop = await makeOrganization()
  await shop.configuration({ name: 'Editor', activationsMode: 'limited', activationLimit: 3 })
  const id = newId()
  const files = {
    'odd.csv': [
      'sep=;',
      'Lizenzschlüssel;E-Mail;Zahlung;Farbe;Geräte;Lizenzstatus',
      `A-${id};a@example.com;refunded;rot;0;aktiv`,
      `B-${id};b@example.com;paid;rot;5;inaktiv`,
      '1.23457E+15;c@example.com;paid;rot;5;aktiv',
      '',
    ].join('\n'),
  }
  const of = ['--organization', shop.slug]
  const refused = await importFiles(files, ...of)
  expect(refused.output).toContain('Left out, because no field is read from them: Zahlung, Farbe')
  expect(refused.output).toContain('"Zahlung" looks like it says which keys are still valid')
  expect(refused.output).toContain('--ignore-column "Zahlung"')
  expect(refused.code).toBe(1)
  expect(await prisma.import.count({ where: { organizationId: shop.id } })).toBe(0)

  const asked = await importFiles(files, ...of, '--ignore-column', 'Zahlung', '--dry-run')
  expect(asked.output).toMatch(/3\s+••••\w+\s+The device limit 0 can mean/)
  expect(asked.output).toMatch(/4\s+••••\w+\s+The status “inaktiv” can mean/)
  expect(asked.output).toMatch(
    /5\s+••••\S+\s+This is not the whole key: a spreadsheet has turned the key into a rounded number/,
  )
  const answers = ['--zero-devices', 'unlimited', '--inactive', 'granted']
  const done = await importFiles(files, ...of, '--ignore-column', 'Zahlung', ...answers)
  expect(done.output).toContain('Imported:\n           2  keys')
  const keys = await prisma.licenseKey.findMany({ where: { organizationId: shop.id }, orderBy: { createdAt: 'asc' } })
  expect(keys.map(({ status, activationsModeOverride }) => [status, activationsModeOverride])).toEqual(
    expect.arrayContaining([
      ['granted', 'unlimited'],
      ['granted', 'limited'],
    ]),
  )
})

test('npm run import says what is wrong in a sentence', async () => {
  const shop = await makeOrganization()
  for (const [files, args, sentence] of [
    [{}, ['nowhere.csv'], 'There is no file nowhere.csv.'],
    [{ 'a.csv': 'key,email\n' }, ['--organization', 'nobody-has-this'], 'Say which organization'],
    [{ 'a.csv': 'a,b\n1,2\n' }, ['--organization', shop.slug], 'Say which columns hold the key'],
    [{ 'a.csv': 'key,email\na,b\n' }, ['--organization', shop.slug, '--mapping', 'paddle'], '--mapping takes one of'],
    [
      { 'a.csv': `${Array.from({ length: 5_000 }, (_, i) => `c${i}`)}\n` },
      ['--organization', shop.slug],
      '5,000 columns',
    ],
    [{ 'a.json': '['.repeat(5_000) }, ['--organization', shop.slug], 'nested more than 64 levels deep'],
    [
      { 'a.csv': 'key,email\n' },
      ['--organization', shop.slug, '--inactive', 'no'],
      '--inactive takes granted or disabled',
    ],
    [{ 'a.csv': 'key,email\n' }, ['--organization', shop.slug, '--ignore-column', 'x'], 'there is no column "x"'],
    [{ 'a.csv': 'key,email\n' }, ['--organization', shop.slug, '--column', 'status=x'], 'there is no column "x"'],
    [{ 'a.csv': '\u0000' }, ['--organization', shop.slug], 'a.csv: This is neither'],
  ] as [Record<string, string>, string[], string][]) {
    const { code, output } = await importFiles(files, ...args)
    expect(output).toContain(sentence)
    expect(output).not.toContain('    at ')
    expect(code).toBe(1)
  }
})
