// Limits hold and counters count exactly, however many processes and doors the calls come through.
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { type AppProcess, startAppProcess } from '../app-process.ts'
import { appUrl } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'
import { caller, inParallel, type Said } from './caller.ts'

const ACTIVATIONS = 5
const USES = 120

test.setTimeout(240_000)

let second: AppProcess
let doors: ReturnType<typeof caller>[]
test.beforeAll(async () => {
  second = await startAppProcess()
  const next = process.env.NEXT_URL
  doors = [appUrl, second.url, ...(next ? [next] : [])].map((base) => caller(base))
})
test.afterAll(async () => {
  for (const door of doors) door.close()
  await second.end()
})
const door = (i: number) => doors[i % doors.length] as ReturnType<typeof caller>

const of = ({ key, organization_id }: IssuedKey) => ({ key, organization_id })
const codes = (answers: Said[]) => {
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const code = answer?.json.code ?? 'no answer'
    counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

test('10,000 activations and metered validations at once on 50 keys: every limit, use, count and event is exact', async () => {
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ activationLimit: ACTIVATIONS, usageLimit: USES })
  const keys = await inParallel(50, 4, () => shop.issue(configuration))

  const began = performance.now()
  const calls = await inParallel(10_000, 64, async (i) => {
    // Ten calls of one key in a row, two of them activations, each through another door than the one before.
    const key = keys[Math.floor(i / 10) % keys.length] as IssuedKey
    if (i % 5 === 0) {
      const answer = await door(i)('activate', { ...of(key), label: `Device ${i}` })
      return { key: key.id, uses: 0, answer }
    }
    const uses = 1 + (i % 3)
    return { key: key.id, uses, answer: await door(i)('validate', { ...of(key), increment_usage: uses }) }
  })
  const seconds = (performance.now() - began) / 1_000
  console.log(`10,000 calls in ${seconds.toFixed(1)} s`)

  let valid = 0
  for (const { id } of keys) {
    const mine = calls.filter(({ key }) => key === id)
    const activations = mine.filter(({ uses }) => uses === 0).map(({ answer }) => answer)
    expect(codes(activations)).toEqual({ ACTIVATED: ACTIVATIONS, ACTIVATION_LIMIT_REACHED: 40 - ACTIVATIONS })
    const ids = activations.flatMap((answer) => (answer?.status === 200 ? [answer.json.id as string] : []))

    // Each answer says the total right after its own uses: in order they are one unbroken sum.
    const validations = mine.filter(({ uses }) => uses > 0)
    const granted = validations
      .filter(({ answer }) => answer?.json.valid)
      .map(({ uses, answer }) => ({
        uses,
        total: answer?.json.usage as number,
        nth: answer?.json.validations as number,
      }))
      .sort((a, b) => a.total - b.total)
    let total = 0
    for (const answer of granted) {
      total += answer.uses
      expect(answer.total).toBe(total)
    }
    expect(total).toBeLessThanOrEqual(USES)
    const nths = granted.map(({ nth }) => nth).sort((a, b) => a - b)
    expect(nths).toEqual(granted.map((_, i) => i + 1))
    // Nobody was refused what was still there.
    for (const { uses, answer } of validations.filter(({ answer }) => !answer?.json.valid)) {
      expect(answer?.json.code).toBe('USAGE_LIMIT_REACHED')
      expect(total + uses).toBeGreaterThan(USES)
    }

    const row = await prisma.licenseKey.findUniqueOrThrow({ where: { id } })
    expect({ usage: row.usage, validations: Number(row.validations) }).toEqual({
      usage: total,
      validations: granted.length,
    })
    const live = await prisma.activation.findMany({ where: { licenseKeyId: id } })
    expect(live.map((activation) => activation.id).sort()).toEqual(ids.sort())
    const events = await prisma.event.findMany({ where: { licenseKeyId: id, type: 'activation.created' } })
    expect(events.map(({ activationId }) => activationId).sort()).toEqual(ids.sort())
    valid += granted.length
  }
  // The charts too, a moment later.
  await expect
    .poll(async () => {
      const hours = await prisma.validationHour.groupBy({
        by: ['code'],
        where: { organizationId: shop.id },
        _sum: { count: true },
      })
      return Object.fromEntries(hours.map(({ code, _sum }) => [code, _sum.count]))
    })
    .toEqual({ VALID: valid, USAGE_LIMIT_REACHED: 8_000 - valid })
})

test('devices that come and go all at once: never more slots than there are, and none is lost', async () => {
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ activationLimit: 4 })
  const keys = await inParallel(5, 4, () => shop.issue(configuration))
  let most = 0
  let refused = 0
  await inParallel(60, 60, async (worker) => {
    const key = keys[worker % keys.length] as IssuedKey
    for (let i = 0; i < 6; i++) {
      const activated = await door(worker + i)('activate', { ...of(key), label: `Device ${worker}.${i}` })
      if (activated?.status !== 200) {
        expect(activated?.json.code).toBe('ACTIVATION_LIMIT_REACHED')
        refused++
        continue
      }
      most = Math.max(most, await prisma.activation.count({ where: { licenseKeyId: key.id, deactivatedAt: null } }))
      const at = { ...of(key), activation_id: activated.json.id }
      expect((await door(worker + i + 1)('validate', at))?.json.code).toBe('VALID')
      expect((await door(worker + i + 2)('deactivate', at))?.json.code).toBe('DEACTIVATED')
      expect((await door(worker + i)('validate', at))?.json.code).toBe('ACTIVATION_NOT_FOUND')
    }
  })
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(4)
  expect(refused).toBeGreaterThan(0)
  for (const key of keys) {
    const all = await prisma.activation.findMany({ where: { licenseKeyId: key.id } })
    expect(all.filter(({ deactivatedAt }) => deactivatedAt === null)).toHaveLength(0)
    const events = await prisma.event.findMany({ where: { licenseKeyId: key.id } })
    for (const type of ['activation.created', 'activation.deactivated'])
      expect(
        events
          .filter((event) => event.type === type)
          .map(({ activationId }) => activationId)
          .sort(),
      ).toEqual(all.map(({ id }) => id).sort())
  }
})

test('first activations of one device, all at once: one slot, and the same answer to each', async () => {
  const shop = await makeOrganization()
  const keys = await inParallel(10, 4, async () => shop.issue(await shop.configuration({ activationLimit: 1 })))
  for (const key of keys) {
    const body = { ...of(key), label: 'Laptop', fingerprint: 'f', conditions: { major: 1 }, meta: { os: 'x' } }
    const answers = await inParallel(6, 6, (i) => door(i)('activate', body))
    expect(codes(answers)).toEqual({ ACTIVATED: 6 })
    for (const answer of answers) expect(answer?.text).toBe(answers[0]?.text)
    expect(await prisma.activation.count({ where: { licenseKeyId: key.id } })).toBe(1)
    expect(await prisma.event.count({ where: { licenseKeyId: key.id, type: 'activation.created' } })).toBe(1)
  }
})

test('a replacement at once on every process: one succeeds', async () => {
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ activationLimit: 1 })
  for (let round = 0; round < 5; round++) {
    const key = await shop.issue(configuration)
    const old = (await door(0)('activate', { ...of(key), label: 'Old' }))?.json.id
    const answers = await inParallel(9, 9, (i) =>
      door(i)('activate', { ...of(key), label: `New ${i}`, replace_activation_id: old }),
    )
    expect(codes(answers)).toEqual({ ACTIVATED: 1, ACTIVATION_NOT_FOUND: 8 })
    expect(await prisma.activation.count({ where: { licenseKeyId: key.id, deactivatedAt: null } })).toBe(1)
  }
})

// ---------------------------------------------------------------- Idempotency-Key

test('a call repeated at once on every process happens once, and all get its answer', async () => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration({ activationLimit: 2, usageLimit: 100 }))
  const all = (verb: 'validate' | 'activate' | 'deactivate', body: object, name: string) =>
    inParallel(9, 9, (i) => door(i)(verb, { ...of(key), ...body }, { 'idempotency-key': name }))
  const expectOne = (answers: Said[], code: string) => {
    expect(codes(answers)).toEqual({ [code]: 9 })
    for (const answer of answers) expect(answer?.text).toBe(answers[0]?.text)
    return answers[0]?.json
  }

  const { id } = expectOne(await all('activate', { label: 'A', meta: { a: [1, { b: 2 }] } }, 'activate-1'), 'ACTIVATED')
  expect(await prisma.activation.count({ where: { licenseKeyId: key.id } })).toBe(1)
  // The order of names does not make it another call.
  const again = await door(1)(
    'activate',
    { meta: { a: [1, { b: 2 }] }, label: 'A', organization_id: key.organization_id, key: key.key },
    { 'idempotency-key': 'activate-1' },
  )
  expect(again?.json.id).toBe(id)

  expect(expectOne(await all('validate', { increment_usage: 7 }, 'validate-1'), 'VALID')).toMatchObject({ usage: 7 })
  const row = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  expect({ usage: row.usage, validations: Number(row.validations) }).toEqual({ usage: 7, validations: 1 })

  expectOne(await all('deactivate', { activation_id: id }, 'deactivate-1'), 'DEACTIVATED')
  expect(await prisma.event.count({ where: { licenseKeyId: key.id, type: 'activation.deactivated' } })).toBe(1)

  // Another body or another verb under a name that was used.
  const others = [
    ...(await all('activate', { label: 'B' }, 'activate-1')),
    ...(await all('validate', { increment_usage: 8 }, 'validate-1')),
    ...(await all('deactivate', { activation_id: id }, 'activate-1')),
  ]
  expect(codes(others)).toEqual({ IDEMPOTENCY_KEY_REUSED: 27 })
  for (const answer of others) expect(answer?.status).toBe(422)
  expect(await prisma.activation.count({ where: { licenseKeyId: key.id, deactivatedAt: null } })).toBe(0)
})

test('other calls under one name at once: one of them happens', async () => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration({ activationLimit: null, activationsMode: 'unlimited' }))
  const answers = await inParallel(12, 12, (i) =>
    door(i)('activate', { ...of(key), label: `Device ${i % 6}` }, { 'idempotency-key': 'same' }),
  )
  const activated = answers.filter((answer) => answer?.status === 200)
  expect(new Set(activated.map((answer) => answer?.text)).size).toBe(1)
  expect(codes(answers)).toEqual({ ACTIVATED: 2, IDEMPOTENCY_KEY_REUSED: 10 })
  expect(await prisma.activation.count({ where: { licenseKeyId: key.id } })).toBe(1)
})
