import '#server-only'
import { timingSafeEqual } from 'node:crypto'
import type { Merchant, PortalCustomer, System, Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { isId, newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { hashesOf, hexHashOf } from '../secrets/secrets.ts'
import * as paths from '../web/paths.ts'
import { DAY_MS } from './places.ts'
import { QUESTION_DAYS } from './plain.ts'

// The mildest thing to do about a key: its owner is asked which devices are theirs. Whoever has the link may say yes, or free a device.

/** An owner who has not answered is asked again at most so often. */
const ASK_AGAIN_MS = 3 * DAY_MS

/** Asks the owner of a key by mail which of its devices are theirs. Nothing becomes of the key. */
export async function askOwner(merchant: Merchant, licenseKeyId: string, now: Date): Promise<{ to: string }> {
  assertMay(merchant, 'keys.help')
  return prisma.$transaction((tx) => ask(tx, merchant, merchant.organizationId, licenseKeyId, now))
}

/** The same within a transaction, also for the rule that asks by itself. */
export async function ask(
  tx: Tx,
  actor: Merchant | System,
  organizationId: string,
  licenseKeyId: string,
  now: Date,
): Promise<{ to: string }> {
  await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
  const key = await tx.licenseKey.findFirst({
    where: { id: licenseKeyId, organizationId },
    select: {
      ...{ customerId: true, lastCharacters: true },
      customer: { select: { email: true } },
      _count: { select: { activations: { where: { deactivatedAt: null } } } },
    },
  })
  if (!key) throw notFound('license key')
  const devices = key._count.activations
  if (devices === 0) throw new Refusal('CONFLICT', 'No device is active: there is nothing to ask about.')
  const open = await tx.deviceQuestion.findFirst({
    where: { licenseKeyId, answeredAt: null, askedAt: { gt: new Date(now.getTime() - ASK_AGAIN_MS) } },
  })
  if (open) throw new Refusal('CONFLICT', 'The owner was asked less than three days ago and has not answered yet.')
  const id = newId(now)
  const expiresAt = new Date(now.getTime() + QUESTION_DAYS * DAY_MS)
  const { customerId } = key
  await tx.deviceQuestion.create({ data: { id, licenseKeyId, organizationId, customerId, askedAt: now, expiresAt } })
  const to = key.customer.email
  const path = paths.whichDevices({ question: id, code: codeOf(id) })
  const payload = { organizationId, key: key.lastCharacters, devices, url: new URL(path, env().LATCHKEY_URL).href }
  const asked: NewEvent = {
    type: 'license_key.owner_asked',
    ...{ organizationId, licenseKeyId, customerId },
    data: { to, devices },
    mails: [{ template: 'which-devices', to, payload }],
  }
  await record(tx, actor, now, asked)
  return { to }
}

const aboutQuestion = (id: string) => `question|${id}`
const CODE_LENGTH = 40
const codeOf = (id: string) => hexHashOf('sighting', aboutQuestion(id)).slice(0, CODE_LENGTH)

/** What the link of such a mail carries. */
export type QuestionLink = { question: string; code: string }

function isCodeOf({ question, code }: QuestionLink): boolean {
  const given = Buffer.from(code)
  return hashesOf('sighting', aboutQuestion(question)).some((hash) => {
    const known = Buffer.from(hash.slice(0, CODE_LENGTH))
    return given.length === known.length && timingSafeEqual(given, known)
  })
}

/** The devices somebody is asked about; null for no link of ours, and when its time is over. */
export async function questionOf(_visitor: Visitor, link: QuestionLink, now: Date) {
  if (!isId(link.question) || !isCodeOf(link)) return null
  const question = await prisma.deviceQuestion.findFirst({
    where: { id: link.question, expiresAt: { gt: now } },
    select: {
      ...{ answeredAt: true, customerId: true, organizationId: true, licenseKeyId: true },
      licenseKey: {
        select: {
          ...{ customerId: true, prefix: true, lastCharacters: true },
          organization: { select: { name: true } },
          customer: { select: { email: true } },
          activations: {
            where: { deactivatedAt: null },
            select: { id: true, label: true, createdAt: true, lastValidatedAt: true },
            orderBy: { createdAt: 'asc' },
            take: 200,
          },
        },
      },
    },
  })
  // A key that was handed to somebody else is theirs to speak of.
  if (!question || question.licenseKey.customerId !== question.customerId) return null
  const { licenseKey, ...rest } = question
  return {
    ...rest,
    organization: licenseKey.organization.name,
    email: licenseKey.customer.email,
    masked: maskedKey(licenseKey),
    devices: licenseKey.activations,
  }
}

/** Says which devices are the owner's; those that are not are freed. Null for no link of ours. */
export async function answerQuestion(
  visitor: Visitor,
  { mine, freed, ...link }: QuestionLink & { mine: string[]; freed: string[] },
  now: Date,
): Promise<{ mine: number; freed: number } | null> {
  const question = await questionOf(visitor, link, now)
  if (!question) return null
  const { organizationId, licenseKeyId, customerId, email } = question
  const owner: PortalCustomer = { kind: 'portal_customer', customerId, organizationId, email }
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const live = await tx.activation.findMany({
      where: { licenseKeyId, organizationId, deactivatedAt: null, id: { in: [...mine, ...freed] } },
      select: { id: true, label: true },
    })
    const isFreed = ({ id }: { id: string }) => freed.includes(id)
    const [goes, stays] = [live.filter(isFreed), live.filter((device) => !isFreed(device))]
    await tx.activation.updateMany({ where: { id: { in: goes.map(({ id }) => id) } }, data: { deactivatedAt: now } })
    await tx.deviceAnswer.createMany({
      data: stays.map(({ id }) => ({ activationId: id, licenseKeyId, answer: 'mine', answeredAt: now })),
      skipDuplicates: true,
    })
    await tx.deviceQuestion.update({ where: { id: link.question }, data: { answeredAt: now } })
    const about = { organizationId, licenseKeyId, customerId }
    await record(
      tx,
      owner,
      now,
      { ...about, type: 'license_key.owner_answered', data: { mine: stays.length, freed: goes.length } },
      ...goes.map(
        ({ id, label }): NewEvent => ({ ...about, type: 'activation.deactivated', activationId: id, data: { label } }),
      ),
    )
    return { mine: stays.length, freed: goes.length }
  })
}
