import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { sendSignInLink } from '#lib/auth/commands.ts'
import { pool, prisma } from '#lib/database/client.ts'
import { addPart, checkImport, createImport, finishUpload } from '#lib/imports/commands.ts'
import { getImport } from '#lib/imports/queries.ts'
import { runImport } from '#lib/imports/run.ts'
import type { ImportSettings } from '#lib/imports/schema.ts'
import { revealLicenseKey } from '#lib/license-keys/commands.ts'
import { hashSecret, setupToken, unseal } from '#lib/secrets/secrets.ts'
import { send } from '../http.ts'
import { makeOrganization, password } from '../organization.ts'

/** Every value of every table, also those of the background jobs; bytes as hexadecimal and, where they are text, as text. */
async function dump(): Promise<Map<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  )
  const found = new Map<string, string>()
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)
    found.set(name, rows.map(({ row }) => row).join('\n'))
  }
  return found
}

/** A secret in every form in which it would be as good as said. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const bare = secret.replaceAll('-', '')
  // Base 64 of a text inside another: without the ends, which depend on their neighbours, for each of three offsets.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64url')
      .slice(offset && 4, -4),
  )
  return [
    secret,
    bare,
    secret.toLowerCase(),
    bare.toLowerCase(),
    bytes.toString('hex'),
    encodeURIComponent(secret),
  ].concat(base64.flatMap((text) => (text.length < 12 ? [] : [text, text.replaceAll('-', '+').replaceAll('_', '/')])))
}

const findIn = (text: string, secrets: Record<string, string>) =>
  Object.entries(secrets).flatMap(([name, secret]) => (forms(secret).some((form) => text.includes(form)) ? [name] : []))

test('a database dump and the log hold no key string, password, token or master secret', async () => {
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ prefix: 'DUMP', usageLimit: 100 })
  const key = await shop.issue(configuration, { sendMail: true })
  const short = await shop.issue(await shop.configuration({ format: 'short' }), { sendMail: true })

  // Everything that touches them: calls that are remembered, refused or mistaken, a reveal, mail, a sign-in by password and by link.
  const headers = { 'idempotency-key': 'dump' }
  for (const { key: text, organization_id } of [key, short]) {
    const body = { key: text, organization_id }
    const activated = await send({ path: '/api/license/activate', headers, body: { ...body, label: 'Laptop' } })
    expect(activated.status).toBe(200)
    expect((await send({ path: '/api/license/validate', headers: { 'idempotency-key': 'v' }, body })).json.valid).toBe(
      true,
    )
    await send({ path: '/api/license/validate', body: { ...body, increment_usage: -1 } })
    await send({ path: '/api/license/validate', body: `{"key":"${text}"` })
    await send({ path: `/api/license/${text}`, body })
    await send({ path: '/api/license/activate', body: { ...body, label: 'Laptop', replace_activation_id: shop.id } })
    await send({ path: '/api/license/validate', headers: { authorization: `Bearer ${text}` }, body })
  }
  const imported = `IMPORTED-${randomUUID()}`
  const { importId } = await createImport(shop.merchant, { files: [{ name: 'keys.csv', size: 300 }] }, new Date())
  const content = Buffer.from(`key,email,status\n${imported},dump@example.com,perhaps ${imported}\n`.padEnd(300, '\n'))
  await addPart(shop.merchant, { importId, file: 0, part: 0, bytes: content.toString('base64') }, new Date())
  await finishUpload(shop.merchant, { importId })
  const { settings } = await getImport(shop.merchant, importId)
  // Columns mistaken for each other, so that key strings stand where other things are named in problems.
  const mistaken = { ...settings?.columns.keys, status: 'key', configuration: 'key', createdAt: 'key' }
  const columns = { keys: mistaken, activations: {}, people: {} }
  await checkImport(
    shop.merchant,
    { importId, settings: { ...(settings as ImportSettings), columns, ignored: ['status'] } },
    new Date(),
  )
  await runImport({ kind: 'system', name: 'Latchkey' }, importId, () => new Date())
  expect(await getImport(shop.merchant, importId)).toMatchObject({ status: 'checked', counts: { problems: 1 } })
  const apiToken = await shop.apiKey()
  const issued = await send({
    path: '/api/v1/license-keys',
    headers: { authorization: `Bearer ${apiToken}`, 'idempotency-key': 'dump' },
    body: { key_configuration_id: configuration, customer: { email: shop.email }, send_mail: true },
  })
  expect(issued.status).toBe(201)
  await send({ path: `/api/v1/${apiToken}`, headers: { authorization: `Bearer ${apiToken}x` } })
  expect(await revealLicenseKey(shop.merchant, key.id, new Date())).toBe(key.key)
  await sendSignInLink({ kind: 'visitor', address: null }, { email: shop.email, callbackUrl: '' }, new Date())
  const mail = await prisma.mail.findFirstOrThrow({ where: { to: shop.email, template: 'sign-in' } })
  const link = (JSON.parse(unseal('mail-payload', mail.payload)) as { url: string }).url
  const token = new URL(link).searchParams.get('token') as string
  expect(token.length).toBeGreaterThan(40)
  const session = await signIn(shop.email)
  expect(session.length).toBeGreaterThan(40)

  const uuidBody = key.key.slice('DUMP_'.length)
  const secrets = {
    'the key': key.key,
    'the key without prefix': uuidBody,
    'the key without its last six characters': uuidBody.slice(0, -6),
    'the first half of the key': uuidBody.slice(0, 18),
    'the short key': short.key,
    'the short key without its last six characters': short.key.slice(0, -6),
    'the imported key': imported,
    'the key that a program issued': issued.json.key,
    'the API key': apiToken,
    'the password': password,
    'the token of the link': token,
    'the session': session,
    'the set-up token': setupToken(),
    'the master secret': process.env.LATCHKEY_SECRET as string,
    'the secret of sessions': hashSecret('sign-in', 'session').toString('base64url'),
  }
  for (const [name, secret] of Object.entries(secrets)) expect(secret?.length, name).toBeGreaterThan(10)

  const tables = await dump()
  const names = [...tables.keys()]
  for (const name of [
    'license_keys',
    'events',
    'mails',
    'idempotency_keys',
    'api_answers',
    'api_keys',
    'verification_tokens',
    'users',
  ])
    expect(tables.get(`public.${name}`)?.length, `${name} is in the dump`).toBeGreaterThan(50)
  expect(names.some((name) => name.startsWith('pgboss.'))).toBe(true)
  const leaks = [...tables].flatMap(([name, text]) => findIn(text, secrets).map((secret) => `${secret} in ${name}`))
  expect(leaks).toEqual([])
  // The search finds what is there.
  expect(findIn([...tables.values()].join('\n'), { email: shop.email })).toEqual(['email'])

  const log = process.env.APP_LOG
  if (log && existsSync(log)) expect(findIn(readFileSync(log, 'utf8'), secrets)).toEqual([])

  const pgDump = spawnSync('pg_dump', ['--inserts', process.env.DATABASE_URL as string], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (pgDump.status === 0) expect(findIn(pgDump.stdout, secrets)).toEqual([])
})

test('the search finds a secret in every form it might have', () => {
  const key = 'DUMP_1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA'
  const texts = [
    key,
    key.toLowerCase(),
    key.replaceAll('-', ''),
    Buffer.from(`{"key":"${key}"}`).toString('hex'),
    ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${key} and more`).toString('base64')),
  ]
  for (const text of texts) expect(findIn(`before ${text} after`, { key }), text).toEqual(['key'])
  expect(findIn('DUMP_••••E304DA', { key })).toEqual([])
})

/** The session cookie of somebody who signs in by password, the way the sign-in page does. */
async function signIn(email: string): Promise<string> {
  const { json, headers } = await send({ method: 'GET', path: '/api/auth/csrf' })
  const cookie =
    headers['set-cookie']
      ?.split(/,(?=[^ ;]+=)/)
      .map((each) => each.split(';')[0])
      .join('; ') ?? ''
  const answer = await send({
    path: '/api/auth/callback/password',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
    body: new URLSearchParams({ csrfToken: json?.csrfToken, email, password, json: 'true' }).toString(),
  })
  return /session-token=([^;]+)/.exec(answer.headers['set-cookie'] ?? '')?.[1] ?? ''
}
