// Every program of the integrate page that this machine can run, run as a merchant would run it.
import { type ExecFileException, execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { disableLicenseKeys, enableLicenseKeys } from '#lib/license-keys/status.ts'
import type { SnippetFacts } from '#lib/snippets/schema.ts'
import { type SnippetName, snippets } from '#lib/vendors/snippets.ts'
import { appUrl, send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'

const root = path.join(import.meta.dirname, '../..')

// ---------------------------------------------------------------- between the programs and the app

type Weather = 'fine' | 'down' | 'busy' | 'unavailable' | 'captive portal' | 'silent'
let weather: Weather = 'fine'
let between: Server
let betweenUrl: string

test.beforeAll(async () => {
  between = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const json = { 'content-type': 'application/json' }
    if (weather === 'down') return request.socket.destroy()
    if (weather === 'silent') return
    if (weather === 'captive portal')
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome to our hotel</h1>')
    if (weather === 'busy')
      return response.writeHead(429, { ...json, 'retry-after': '9' }).end('{"code":"RATE_LIMITED","detail":"Later"}')
    if (weather === 'unavailable') return response.writeHead(503, json).end('{"code":"UNAVAILABLE","detail":"Later"}')
    const answer = await send({
      method: request.method ?? 'POST',
      path: request.url ?? '/',
      headers: { 'content-type': String(request.headers['content-type']) },
      body: Buffer.concat(chunks),
    })
    response.writeHead(answer.status, json).end(answer.text)
  })
  await new Promise<void>((done) => between.listen(0, '127.0.0.1', done))
  betweenUrl = `http://127.0.0.1:${(between.address() as AddressInfo).port}`
})
test.afterAll(() => {
  between.closeAllConnections()
  between.close()
})

let shop: Organization
let folder: string
test.beforeEach(async () => {
  weather = 'fine'
  shop = await makeOrganization()
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-snippet-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A configuration granted by a product, a key for that product, and what the page puts into its snippets. */
async function aKey(url = betweenUrl): Promise<{ key: IssuedKey; facts: SnippetFacts }> {
  const keyConfigurationId = await shop.configuration({ activationRequired: true })
  const productId = await shop.product([keyConfigurationId])
  const key = await shop.issue(keyConfigurationId, { productId })
  return { key, facts: { url, organizationId: shop.id, keyConfigurationId, productId, sampleKey: key.key } }
}

const devicesOf = ({ id }: IssuedKey) =>
  prisma.activation.findMany({ where: { licenseKeyId: id, deactivatedAt: null }, select: { id: true, label: true } })

// ---------------------------------------------------------------- running them

// npm scripts run the pinned Node, whatever "node" is.
const environment = {
  ...process.env,
  PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
  ...{ GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' },
  ...{ CARGO_NET_OFFLINE: 'true', CARGO_TARGET_DIR: path.join(tmpdir(), 'latchkey-snippets-cargo') },
  ...{ DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', NODE_OPTIONS: '', FORCE_COLOR: '0' },
}

type Ran = { code: number; out: string; error: string }

function run(command: string, args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd: folder, env: environment, timeout: 120_000 },
      (problem: ExecFileException | null, out, error) =>
        resolve({ code: problem ? Number(problem.code ?? 1) : 0, out: out.trim(), error: error.trim() }),
    )
  })
}

const isHere = (command: string) => spawnSync(command, ['version'], { env: environment }).error === undefined

function write(name: SnippetName, facts: SnippetFacts): void {
  for (const { file, code } of snippets[name].blocks(facts)) {
    if (!file) continue
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), code)
  }
}

type Recipe = {
  needs: string
  /** Makes it ready to run; a reason to skip it, or null. */
  build?: () => Promise<string | null>
  run: [string, ...string[]]
  /** The lines of "Try it" download nothing and need no project. */
  tryIt?: true
}

async function built(command: string, args: string[]): Promise<null> {
  const { code, error, out } = await run(command, args)
  expect(code, `${error}\n${out}`).toBe(0)
  return null
}

const cargoManifest = `[package]
name = "license"
version = "0.1.0"
edition = "2021"
[dependencies]
serde_json = "1"
ureq = { version = "3", features = ["json"] }
`

const project = `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework>
<ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable><RollForward>Major</RollForward></PropertyGroup></Project>`

const recipes = {
  javascript: { needs: 'node', run: ['node', 'license.mjs'], tryIt: true },
  python: { needs: 'python3', run: ['python3', 'license.py'], tryIt: true },
  php: { needs: 'php', run: ['php', 'license.php'], tryIt: true },
  go: {
    needs: 'go',
    build: () => built('go', ['build', '-o', 'license', 'license.go']),
    run: ['./license'],
    tryIt: true,
  },
  rust: {
    needs: 'cargo',
    build: async () => {
      writeFileSync(path.join(folder, 'Cargo.toml'), cargoManifest)
      const { code, error } = await run('cargo', ['build', '-q'])
      if (code && /offline|no matching package|failed to download/.test(error)) return 'its two crates are not here'
      expect(code, error).toBe(0)
      return null
    },
    run: [path.join(environment.CARGO_TARGET_DIR, 'debug/license')],
  },
  csharp: {
    needs: 'dotnet',
    build: () => {
      writeFileSync(path.join(folder, 'license.csproj'), project)
      return built('dotnet', ['build', '-o', 'out'])
    },
    run: ['dotnet', 'out/license.dll'],
  },
  swift: {
    needs: 'swiftc',
    build: () => built('swiftc', ['-o', 'license', 'main.swift']),
    run: ['./license'],
    tryIt: true,
  },
} satisfies Partial<Record<SnippetName, Recipe>>

for (const [name, recipe] of Object.entries(recipes) as [keyof typeof recipes, Recipe][]) {
  test(`the program for ${snippets[name].label} says yes, no and "no answer" where it should`, async () => {
    test.setTimeout(180_000)
    test.skip(!isHere(recipe.needs), `There is no ${recipe.needs} here.`)
    const { key, facts } = await aKey()
    write(name, facts)
    const why = await recipe.build?.()
    test.skip(Boolean(why), why ?? '')
    const [command, ...args] = recipe.run
    const says = async (...words: string[]) => {
      const { out, error, code } = await run(command, [...args, ...words])
      expect(code, error).toBe(0)
      return out
    }
    const stateFile = path.join(folder, 'license.json')
    const state = () => JSON.parse(readFileSync(stateFile, 'utf8'))
    const one = { licenseKeyIds: [key.id], reason: '' }

    expect(await says()).toBe('no: Enter a license key.')
    expect(await says('activate', 'nobody-has-this')).toBe('no: There is no such license key.')
    expect(await says('activate', key.key)).toBe('yes: This license key is valid.')
    const [device, ...others] = await devicesOf(key)
    expect(others).toEqual([])
    expect(device?.label.toLowerCase()).toContain(hostname().toLowerCase())
    expect(state()).toMatchObject({ key: key.key, activation_id: device?.id })
    expect(await says('activate', key.key), 'again on the same device').toBe('yes: This license key is valid.')
    expect(await devicesOf(key)).toEqual([device])
    expect(await says()).toBe('yes: This license key is valid.')

    for (const bad of ['down', 'busy', 'unavailable', 'captive portal', 'silent'] as const) {
      weather = bad
      expect(await says(), bad).toBe('yes: No answer now, but a good one lately.')
    }
    weather = 'down'
    expect(await says('deactivate')).toBe('no: No answer. Check the connection and try again.')
    const fifteenDaysAgo = Math.floor(Date.now() / 1000) - 15 * 86_400
    writeFileSync(stateFile, JSON.stringify({ ...state(), good_at: fifteenDaysAgo }))
    expect(await says()).toBe('no: Connect to the internet to check the license.')
    weather = 'fine'
    expect(await says()).toBe('yes: This license key is valid.')

    await disableLicenseKeys(shop.merchant, one, new Date())
    expect(await says()).toBe('no: This license key is switched off. Ask the seller.')
    weather = 'down'
    expect(await says(), 'a no is not forgotten offline').toBe('no: Connect to the internet to check the license.')
    weather = 'fine'
    await enableLicenseKeys(shop.merchant, one, new Date())
    expect(await says()).toBe('yes: This license key is valid.')

    expect(await says('deactivate')).toBe('yes: This device is free.')
    expect(await devicesOf(key)).toEqual([])
    expect(await says()).toBe('no: Enter a license key.')

    const { key: foreign } = await aKey()
    expect(await says('activate', foreign.key)).toBe('no: This license key is for another product.')
    expect(await devicesOf(foreign), 'the other product lost no slot').toEqual([])
    expect(await says()).toBe('no: Enter a license key.')

    const noDevices = await shop.configuration({ activationsMode: 'off' })
    const site = await shop.issue(noDevices, { productId: facts.productId ?? '' })
    expect(await says('activate', site.key), 'a key without devices').toBe('yes: This license key is valid.')
    expect(await says()).toBe('yes: This license key is valid.')
    expect(await says('deactivate')).toBe('yes: This device is free.')

    if (!recipe.tryIt) return
    const tried = snippets[name].blocks(facts).find(({ title }) => title === 'Try it')
    const { out, error } = await run('bash', ['-c', tried?.code ?? ''])
    expect(out, error).toBe(
      'yes: This license key is valid.\nyes: This license key is valid.\nyes: This device is free.',
    )
  })
}

test('a program for a configuration without a product accepts only its own keys', async () => {
  const { key, facts } = await aKey()
  write('javascript', { ...facts, productId: null })
  const other = await shop.issue(await shop.configuration())
  expect((await run('node', ['license.mjs', 'activate', other.key])).out).toBe(
    'no: This license key is of another kind.',
  )
  expect((await run('node', ['license.mjs', 'activate', key.key])).out).toBe('yes: This license key is valid.')
})

test('the curl lines activate, validate and deactivate', async () => {
  test.skip(!isHere('curl'), 'There is no curl here.')
  const { key, facts } = await aKey(appUrl)
  const [activate, validate, deactivate] = snippets.curl.blocks(facts).map(({ code }) => code)
  const first = await run('bash', ['-c', `${activate}`])
  const activation = JSON.parse(first.out)
  expect(activation, first.error).toMatchObject({ code: 'ACTIVATED', label: hostname(), fingerprint: hostname() })
  const rest = `KEY='${key.key}'\n${validate?.replace('the id of that answer', activation.id)}\n`
  expect(JSON.parse((await run('bash', ['-c', rest])).out)).toMatchObject({ valid: true, code: 'VALID' })
  const last = `KEY='${key.key}' ACTIVATION_ID='${activation.id}'\n${deactivate}`
  expect(JSON.parse((await run('bash', ['-c', last])).out)).toEqual({ deactivated: true, code: 'DEACTIVATED' })
  expect(await devicesOf(key)).toEqual([])
})

// ---------------------------------------------------------------- vendors' SDKs

const sdks = [
  { name: 'polar', file: 'polar.mjs', package: '@polar-sh/sdk', installed: 'polar-1' },
  { name: 'polar', file: 'polar-0.mjs', package: '@polar-sh/sdk', installed: 'polar-0.49' },
  { name: 'dodo', file: 'dodo.mjs', package: 'dodopayments', installed: 'dodopayments' },
  {
    ...{ name: 'lemonsqueezy', file: 'lemonsqueezy.mjs' },
    ...{ package: '@lemonsqueezy/lemonsqueezy.js', installed: '@lemonsqueezy/lemonsqueezy.js' },
  },
] as const satisfies { name: SnippetName; file: string; package: string; installed: string }[]

for (const sdk of sdks) {
  test(`${sdk.file}, with the vendor's own SDK, activates, validates and deactivates`, async () => {
    const { key, facts } = await aKey(appUrl)
    write(sdk.name, facts)
    const link = path.join(folder, 'node_modules', sdk.package)
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.join(root, 'node_modules', sdk.installed), link)
    const { out, error, code } = await run('node', [sdk.file, key.key])
    expect(code, error).toBe(0)
    expect(out.split('\n').filter((line) => line.startsWith('valid'))).toEqual(['valid: true', 'valid: false'])
    expect(await devicesOf(key)).toEqual([])
    expect(await prisma.activation.count({ where: { licenseKeyId: key.id, label: hostname() } })).toBe(1)
  })
}
