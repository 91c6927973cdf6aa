// What a merchant decides in the dashboard holds for the very next call, on every process, however many calls are under way.
import { expect, test } from '@playwright/test'
import { getKeyConfiguration } from '#lib/key-configurations/queries.ts'
import { getLicenseKey } from '#lib/license-keys/queries.ts'
import { callAction } from '../actions.ts'
import { type AppProcess, startAppProcess } from '../app-process.ts'
import { appUrl, send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { sessionHeader } from '../session.ts'
import { caller, type Verb } from './caller.ts'

test.setTimeout(240_000)

const dashboard = 'app/dashboard/[organization]'

let second: AppProcess
let processes: string[]
let doors: ReturnType<typeof caller>[]
test.beforeAll(async () => {
  second = await startAppProcess()
  const next = process.env.NEXT_URL
  processes = [appUrl, second.url, ...(next ? [next] : [])]
  doors = processes.map((base) => caller(base))
})
test.afterAll(async () => {
  for (const door of doors) door.close()
  await second.end()
})

let shop: Organization
let configurationId: string
let key: IssuedKey
let traffic: { end: () => Promise<void> }
test.beforeEach(async () => {
  shop = await makeOrganization()
  configurationId = await shop.configuration({ activationLimit: 3, usageLimit: 1_000_000 })
  key = await shop.issue(configurationId)
  traffic = startTraffic()
})
test.afterEach(() => traffic.end())

/** Calls about the key that never pause, so that some are always between their question and their answer. */
function startTraffic() {
  let isOver = false
  const body = { key: key.key, organization_id: key.organization_id }
  const workers = doors.map(async (door) => {
    for (let i = 0; !isOver; i++) await door('validate', i % 2 ? body : { ...body, increment_usage: 1 })
  })
  return {
    end: async () => {
      isOver = true
      await Promise.all(workers)
    },
  }
}

/** Does what a button or form of the dashboard does, on one of the processes. */
async function decide(action: string, fields: Record<string, string>, base = appUrl) {
  const { cookie } = await sessionHeader(shop.merchant.userId)
  const ids = { slug: shop.slug, configurationId, keyId: key.id }
  const answer = await callAction(`${dashboard}/${action}`, {
    ids,
    fields: { organization: shop.slug, ...fields },
    cookie,
    base,
  })
  expect(answer.isOk || answer.redirect !== null, answer.body).toBe(true)
}

// What the edit forms are opened with.
const keyNow = async () => JSON.stringify((await getLicenseKey(shop.merchant, key.id, new Date())).edit)
const configurationNow = async () =>
  JSON.stringify((await getKeyConfiguration(shop.merchant, configurationId, new Date())).settings)

async function expectEverywhere(code: string, verb: Verb = 'validate', more: object = {}) {
  const body = { key: key.key, organization_id: key.organization_id, ...more }
  const answers = await Promise.all(processes.map((base) => send({ base, path: `/api/license/${verb}`, body })))
  expect(answers.map(({ json }) => json.code)).toEqual(processes.map(() => code))
}

test('disabled, enabled, revoked, restored', async () => {
  const one = { 'licenseKeyIds[]': key.id, reason: '' }
  for (const base of processes) {
    await expectEverywhere('VALID')
    await decide('license-keys/[id]/actions.ts#disableKey', one, base)
    await expectEverywhere('DISABLED')
    await expectEverywhere('DISABLED', 'activate', { label: 'L' })
    await decide('license-keys/[id]/actions.ts#enableKey', one, base)
    await expectEverywhere('VALID')
    await decide('license-keys/[id]/actions.ts#revokeKey', one, base)
    await expectEverywhere('REVOKED')
    await decide('license-keys/[id]/actions.ts#restoreKey', one, base)
  }
  await decide('license-keys/actions.ts#changeKeys', { action: 'disable', ...one })
  await expectEverywhere('DISABLED')
})

test('a limit of the key, lowered and raised', async () => {
  const change = async (fields: Record<string, string>, base: string) =>
    decide('license-keys/[id]/actions.ts#changeKey', { licenseKeyId: key.id, ...fields, was: await keyNow() }, base)
  for (const base of processes) {
    await change({ usage: 'limited', usageLimit: '1' }, base)
    await expectEverywhere('USAGE_LIMIT_REACHED', 'validate', { increment_usage: 2 })
    await change({ usage: 'unlimited', usageLimit: '' }, base)
    await expectEverywhere('VALID', 'validate', { increment_usage: 2 })
    await change({ activations: 'off' }, base)
    await expectEverywhere('ACTIVATIONS_OFF', 'activate', { label: 'L' })
    await change({ activations: 'configuration', newDevicesBlocked: 'true' }, base)
    await expectEverywhere('NEW_DEVICES_BLOCKED', 'activate', { label: 'L' })
    await change({ newDevicesBlocked: 'false', expiry: 'date', expiresOn: '2020-01-01' }, base)
    await expectEverywhere('EXPIRED')
    await change({ expiry: 'never' }, base)
    await expectEverywhere('VALID')
  }
})

test('a limit of the configuration, and a device that is freed', async () => {
  const { json } = await send({
    path: '/api/license/activate',
    body: { key: key.key, organization_id: key.organization_id, label: 'Laptop' },
  })
  const at = { activation_id: json.id }
  const save = async (activationLimit: string, base: string) =>
    decide(
      'key-configurations/actions.ts#submitKeyConfigurationEdit',
      {
        ...{ step: 'save', id: configurationId, name: 'Changed', prefix: '', format: 'uuid', expiryKind: 'never' },
        ...{ activationsMode: 'limited', activationLimit, usageMode: 'unlimited', instructions: '' },
        was: await configurationNow(),
      },
      base,
    )
  for (const base of processes) {
    await save('1', base)
    await expectEverywhere('ACTIVATION_LIMIT_REACHED', 'activate', { label: 'One more' })
    await expectEverywhere('VALID', 'validate', at)
  }
  await decide('license-keys/[id]/actions.ts#deactivateDevice', { activationId: json.id })
  await expectEverywhere('ACTIVATION_NOT_FOUND', 'validate', at)
})
