import '#server-only'
import type { Member, Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { queueMail } from '../mail/commands.ts'
import { type CustomerMail, onByDefault } from '../mail/plain.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { originals } from './originals.ts'
import { drawnAnew } from './picture.ts'
import { isOriginal, textOf } from './queries.ts'
import type { MailLogo, MailLooks, MailName, MailTextInput, SwitchMail } from './schema.ts'

const orNone = (value: string | null) => value ?? 'as the organization’s'

const looksParts: EditPart<MailLooks>[] = [
  { label: 'Name in mails', fields: ['name'], input: 'name', words: ({ name }) => orNone(name) },
  { label: 'Color', fields: ['color'], input: 'color', words: ({ color }) => color ?? 'none' },
  { label: 'Answers go to', fields: ['replyTo'], input: 'replyTo', words: ({ replyTo }) => orNone(replyTo) },
  { label: 'Help', fields: ['support'], input: 'support', words: ({ support }) => orNone(support) },
]

/** Locks what is changed by several people: the organization's row, as its other settings do. */
const lock = (tx: Tx, organizationId: string) =>
  tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`

const tell = (tx: Tx, merchant: Merchant, now: Date, changes: string[]) =>
  record(tx, merchant, now, {
    type: 'organization.updated',
    organizationId: merchant.organizationId,
    data: { changes },
  })

/** Changes how mails look. `opened` is what the form showed when it was opened. */
export async function saveMailLooks(merchant: Merchant, typed: MailLooks, now: Date, opened: Opened): Promise<void> {
  assertMay(merchant, 'organization.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await lock(tx, organizationId)
    const before = (await tx.mailSettings.findUnique({
      where: { organizationId },
      select: { name: true, color: true, replyTo: true, support: true },
    })) ?? { name: null, color: null, replyTo: null, support: null }
    const { merged, mine } = mergeEdit(looksParts, opened, typed, before)
    const changed = mine.filter((part) => part.words(before) !== part.words(merged))
    if (changed.length === 0) return
    await tx.mailSettings.upsert({
      where: { organizationId },
      create: { organizationId, ...merged },
      update: merged,
    })
    await tell(
      tx,
      merchant,
      now,
      changed.map((part) => `${part.label}: ${part.words(before)} → ${part.words(merged)}`),
    )
  })
}

/** Keeps the picture that stands above every mail, or takes it away. */
export async function saveMailLogo(merchant: Merchant, picture: MailLogo | null, now: Date): Promise<void> {
  assertMay(merchant, 'organization.write')
  const { organizationId } = merchant
  const logo = picture && (await drawnAnew(Buffer.from(picture.logo, 'base64')))
  const columns = {
    logo: logo?.bytes.toString('base64') ?? null,
    ...{ logoType: logo?.type ?? null, logoWidth: logo?.width ?? null, logoHeight: logo?.height ?? null },
  }
  await prisma.$transaction(async (tx) => {
    await lock(tx, organizationId)
    const before = await tx.mailSettings.findUnique({ where: { organizationId }, select: { logo: true } })
    if ((before?.logo ?? null) === columns.logo) return
    await tx.mailSettings.upsert({
      where: { organizationId },
      create: { organizationId, ...columns },
      update: columns,
    })
    await tell(tx, merchant, now, [`Logo in mails: ${logo ? `${logo.width} × ${logo.height} pixels` : 'removed'}`])
  })
}

/** Switches one mail to customers on or off. What waits already is sent. */
export async function switchMail(merchant: Merchant, { mail, on }: SwitchMail, now: Date): Promise<void> {
  assertMay(merchant, 'organization.write')
  const { organizationId } = merchant
  const byDefault = onByDefault[mail]
  if (byDefault === null)
    throw new Refusal('INVALID_INPUT', 'This mail goes out whenever somebody asks for it.', 'mail')
  await prisma.$transaction(async (tx) => {
    await lock(tx, organizationId)
    const row = await tx.mailSettings.findUnique({ where: { organizationId }, select: { switches: true } })
    const before = (row?.switches ?? {}) as Partial<Record<CustomerMail, boolean>>
    if ((before[mail] ?? byDefault) === on) return
    const switches = { ...before, [mail]: on }
    await tx.mailSettings.upsert({
      where: { organizationId },
      create: { organizationId, switches },
      update: { switches },
    })
    await tell(tx, merchant, now, [`Mail “${originals[mail].label}”: ${on ? 'on' : 'off'}`])
  })
}

/** Writes other words into a mail; our own again when they are the same. */
export async function saveMailText(
  merchant: Merchant,
  { mail, ...typed }: MailTextInput,
  now: Date,
  opened: Opened,
): Promise<void> {
  assertMay(merchant, 'organization.write')
  const { organizationId } = merchant
  const parts: EditPart<typeof typed>[] = [
    { label: 'Subject', fields: ['subject'], input: 'subject', words: ({ subject }) => `“${subject}”` },
    {
      label: 'Text',
      fields: ['intro'],
      input: 'intro',
      words: ({ intro }) => `other words (${intro.length} characters)`,
    },
  ]
  await prisma.$transaction(async (tx) => {
    await lock(tx, organizationId)
    const before = await textOf(organizationId, mail)
    const { merged } = mergeEdit(parts, opened, typed, before)
    await writeText(tx, merchant, { mail, ...merged }, before, now)
  })
}

/** Goes back to our words. */
export async function resetMailText(merchant: Merchant, { mail }: MailName, now: Date): Promise<void> {
  assertMay(merchant, 'organization.write')
  await prisma.$transaction(async (tx) => {
    await lock(tx, merchant.organizationId)
    const { subject, intro } = originals[mail]
    await writeText(tx, merchant, { mail, subject, intro }, await textOf(merchant.organizationId, mail), now)
  })
}

async function writeText(
  tx: Tx,
  merchant: Merchant,
  { mail, subject, intro }: MailTextInput,
  before: { subject: string; intro: string },
  now: Date,
): Promise<void> {
  if (before.subject === subject && before.intro === intro) return
  const { organizationId } = merchant
  const where = { organizationId_mail: { organizationId, mail } }
  const back = isOriginal(mail, { subject, intro })
  if (back) await tx.mailText.deleteMany({ where: { organizationId, mail } })
  else
    await tx.mailText.upsert({
      where,
      create: { organizationId, mail, subject, intro },
      update: { subject, intro },
    })
  await tell(tx, merchant, now, [`Mail “${originals[mail].label}”: ${back ? 'original words' : 'other words'}`])
}

const TESTS_PER_HOUR = 30
const HOUR_MS = 3_600_000

/** Sends one mail as it is being written to the member who writes it, with made-up facts. No event: nothing became so. */
export async function sendTestMail(
  merchant: Member,
  { mail, subject, intro }: MailTextInput,
  now: Date,
): Promise<{ to: string }> {
  assertMay(merchant, 'organization.write')
  const { organizationId, email: to } = merchant
  await prisma.$transaction(async (tx) => {
    await lock(tx, organizationId)
    const since = new Date(now.getTime() - HOUR_MS)
    const recent = await tx.mail.count({ where: { organizationId, template: 'test', createdAt: { gte: since } } })
    if (recent >= TESTS_PER_HOUR)
      throw new Refusal('RATE_LIMITED', `${recent} tests were sent within the hour. Try again later.`)
    const payload = { organizationId, mail, subject, intro }
    await queueMail(tx, now, { template: 'test', to, organizationId, payload })
  })
  return { to }
}
