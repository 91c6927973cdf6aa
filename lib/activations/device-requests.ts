import '#server-only'
import { randomBytes, randomInt } from 'node:crypto'
import { Prisma } from '#prisma/client.ts'
import type { DeviceRequestState } from '#prisma/enums.ts'
import { type Counted, countAttempt, returnAttempt } from '../auth/attempts.ts'
import { deviceInWords } from '../auth/rules.ts'
import type { Customer, Software, Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { notFound } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import type { JsonObject } from '../base/json.ts'
import { fingerprintOf } from '../base/text.ts'
import { ask, onBatchConnection } from '../database/batches.ts'
import { isUniqueViolation, prisma } from '../database/client.ts'
import { column, integer, maybe, moment, rowReader, selectList, tableOf, text, word } from '../database/columns.ts'
import { networkOf } from '../http/client.ts'
import type { DeviceCodeCall } from '../license-calls/schema.ts'
import {
  ACTIVATION_COLUMNS,
  activationAnswer,
  activationOf,
  activationRowOf,
  factsOf,
  KEY_COLUMN_COUNT,
  KEY_COLUMNS,
  keyAnswer,
  keyRowOf,
} from '../license-keys/row.ts'
import { expiryState } from '../license-keys/rules.ts'
import { hashesOf, hexHashOf } from '../secrets/secrets.ts'
import * as paths from '../web/paths.ts'
import {
  answerOf,
  CODE_LENGTH,
  CODE_LETTERS,
  CODE_MINUTES,
  CODE_MS,
  codeTyped,
  EARLY_MS,
  INTERVAL_S,
  LONGEST_INTERVAL_S,
  shownCode,
} from './codes.ts'
import type { DeviceCode, DeviceToken } from './schema.ts'

// Software asks for a key without having one: it shows a short code, somebody who has keys types that in a browser, and the software asks
// until they have decided. All of it is in one row, so any process may take any step.

type Code = 'device' | 'user'
const nameOf = (kind: Code, code: string) => `${kind} code\n${code}`
const hashOf = (kind: Code, code: string): string => hexHashOf('device-ask', nameOf(kind, code))
/** A master secret that is being replaced ends no codes. */
const mayBe = (kind: Code, code: string): string[] => hashesOf('device-ask', nameOf(kind, code))

const newUserCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('')

/** Notes that software asks for a key. NOT_FOUND when organization, product or configuration are not. */
export async function askForKey(
  { address }: Software,
  call: DeviceCodeCall,
  userAgent: string | null,
  now: Date,
): Promise<DeviceCode> {
  const { organization_id: organizationId, product_id: productId, benefit_id: keyConfigurationId } = call
  const of = { organizationId }
  const [organization, product, configuration] = await Promise.all([
    prisma.organization.findUnique({ where: { id: organizationId }, select: { id: true } }),
    productId ? prisma.product.findFirst({ where: { id: productId, ...of }, select: { id: true } }) : true,
    keyConfigurationId
      ? prisma.keyConfiguration.findFirst({ where: { id: keyConfigurationId, ...of }, select: { id: true } })
      : true,
  ])
  if (!organization) throw notFound('organization')
  if (!product) throw notFound('product')
  if (!configuration) throw notFound('key configuration')
  const deviceCode = randomBytes(32).toString('base64url')
  const data = {
    ...{ id: newId(now), organizationId, productId: productId ?? null, keyConfigurationId: keyConfigurationId ?? null },
    ...{ label: call.label, fingerprint: fingerprintOf(call.fingerprint) },
    ...{ conditions: call.conditions ?? Prisma.DbNull, meta: call.meta ?? Prisma.DbNull },
    ...{ address, program: deviceInWords(userAgent), createdAt: now, expiresAt: new Date(now.getTime() + CODE_MS) },
    ...{ deviceCodeHash: hashOf('device', deviceCode), intervalS: INTERVAL_S },
  }
  const userCode = await storeUnderNewCode(data)
  const url = new URL(paths.activate(), env().LATCHKEY_URL).href
  const urlWithCode = new URL(paths.activate({ code: shownCode(userCode) }), env().LATCHKEY_URL).href
  return {
    ...{ deviceCode, userCode: shownCode(userCode), url, urlWithCode },
    ...{ expiresInSeconds: CODE_MINUTES * 60, intervalSeconds: INTERVAL_S },
  }
}

// Two of 20^8 are the same now and then.
async function storeUnderNewCode(
  data: Omit<Prisma.DeviceRequestUncheckedCreateInput, 'userCodeHash'>,
  tries = 3,
): Promise<string> {
  const userCode = newUserCode()
  try {
    await prisma.deviceRequest.create({ data: { ...data, userCodeHash: hashOf('user', userCode) } })
    return userCode
  } catch (error) {
    if (tries > 1 && isUniqueViolation(error)) return storeUnderNewCode(data, tries - 1)
    throw error
  }
}

// ---------------------------------------------------------------- the software asks whether somebody decided

const polledTable = {
  ...tableOf('d', {
    state: word<DeviceRequestState>(),
    expiresAt: moment,
    intervalS: integer,
    decidedAt: maybe(moment),
    collectedAt: maybe(moment),
    activationId: maybe(text),
  }),
  before: column('f.polled_at', maybe(moment)),
  waited: column('f.interval_s', integer),
}
const readPolled = rowReader(polledTable)

// One look-up by an index. It is a write too, since every process has to know when the last poll was, and of no indexed column.
const POLL = {
  name: 'device_poll',
  text: `WITH f AS MATERIALIZED (SELECT id, polled_at, interval_s FROM device_requests
      WHERE device_code_hash = ANY($1::text[]) FOR NO KEY UPDATE)
    UPDATE device_requests d SET polled_at = $2::timestamptz,
      collected_at = CASE WHEN d.state = 'approved' THEN COALESCE(d.collected_at, $2::timestamptz) END,
      interval_s = CASE WHEN f.polled_at > $2::timestamptz - make_interval(secs => f.interval_s - ${EARLY_MS / 1_000})
        THEN LEAST(f.interval_s + ${INTERVAL_S}, ${LONGEST_INTERVAL_S}) ELSE f.interval_s END
    FROM f WHERE d.id = f.id RETURNING ${selectList(polledTable)}`,
}

const ACTIVATED = {
  name: 'device_activated',
  text: `SELECT ${KEY_COLUMNS}, ${ACTIVATION_COLUMNS} FROM activations a JOIN license_keys k ON k.id = a.license_key_id
    JOIN key_configurations c ON c.id = k.key_configuration_id
    WHERE a.id = $1::uuid AND a.deactivated_at IS NULL`,
}

/** Whether somebody approved. Whoever asks too often is told so and has to wait longer each time. */
export async function pollForKey(_software: Software, deviceCode: string, now: Date): Promise<DeviceToken> {
  return onBatchConnection(async (client): Promise<DeviceToken> => {
    const [row] = await ask(client, POLL, [mayBe('device', deviceCode), now])
    if (!row) return { answer: 'unknown' }
    const polled = readPolled(row, 0)
    const answer = answerOf(polled, now)
    if (answer === 'pending' || answer === 'slow_down') return { answer, intervalSeconds: polled.intervalS }
    if (answer !== 'approved') return { answer }
    const [found] = await ask(client, ACTIVATED, [polled.activationId])
    const device = found && activationRowOf(found, KEY_COLUMN_COUNT)
    // Its owner freed its place again meanwhile.
    if (!found || !device) return { answer: 'denied' }
    const key = keyRowOf(found, 0)
    const facts = factsOf(key, key)
    return {
      ...{ answer, key: keyAnswer(key, facts, now, null), activation: activationAnswer(activationOf(device, key.id)) },
      grace: expiryState(facts, now) === 'grace',
    }
  })
}

// ---------------------------------------------------------------- somebody types the code

/** What is known of software that asks, for whoever decides. */
export type DeviceRequest = {
  id: string
  organizationId: string
  productId: string | null
  keyConfigurationId: string | null
  label: string
  fingerprint: string | null
  conditions: JsonObject | null
  meta: JsonObject | null
  address: string | null
  program: string | null
  createdAt: Date
  expiresAt: Date
  state: DeviceRequestState
  userId: string | null
}

const requestColumns = {
  ...{ id: true, organizationId: true, productId: true, keyConfigurationId: true, label: true, fingerprint: true },
  ...{ conditions: true, meta: true, address: true, program: true, createdAt: true, expiresAt: true },
  ...{ state: true, userId: true },
} as const

/** The request that a typed code belongs to. Wrong ones are counted for the person and their network before anything is looked up. */
export async function findByUserCode(
  { userId }: Customer,
  { address }: Visitor,
  typed: string,
  now: Date,
): Promise<{ requestId: string } | null> {
  const code = codeTyped(typed)
  // What cannot be a code is a slip of the hand.
  if (!code) return null
  const counted: Counted[] = [
    { limit: 'device code: account', subject: userId },
    ...(address ? [{ limit: 'device code: network' as const, subject: networkOf(address) }] : []),
  ]
  await countAttempt(counted)
  const found = await prisma.deviceRequest.findFirst({
    where: { userCodeHash: { in: mayBe('user', code) }, state: 'open', expiresAt: { gt: now } },
    select: { id: true },
  })
  if (!found) return null
  await returnAttempt(counted)
  return { requestId: found.id }
}

/** A request, for whoever knew its code. */
export async function readRequest(requestId: string): Promise<DeviceRequest | null> {
  const row = await prisma.deviceRequest.findUnique({ where: { id: requestId }, select: requestColumns })
  return row && { ...row, conditions: row.conditions as JsonObject | null, meta: row.meta as JsonObject | null }
}

/** Removes requests an hour after they began; for the hourly sweep. */
export async function purgeDeviceRequests(now: Date): Promise<void> {
  await prisma.deviceRequest.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - 3_600_000) } } })
}
