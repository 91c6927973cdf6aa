import '#server-only'
import { DAY_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { ofCommand, type Transaction } from '../database/transaction.ts'
import { seal } from '../secrets/secrets.ts'
import { type CustomerMail, type MailTemplate, onByDefault } from './plain.ts'
import type { MailContents, MailTo } from './schema.ts'

/** A mail to be sent, and on whose behalf. With `mail` it goes out only where that is switched on. */
export type NewMail = MailTo & { organizationId?: string | null; mail?: CustomerMail }

/** A mail to whoever has a key, which follows from what happened to the key. */
export type Notice = MailContents & {
  organizationId: string
  licenseKeyId: string
  mail: CustomerMail
  at: Date
  /** So long it waits for second thoughts. */
  delayMs?: number
  /** What is told once to one customer, however many keys it is true of. */
  about?: string
}

/**
 * Writes a mail that no event asks for, in the transaction that makes it necessary. What follows from an event is said on the event
 * instead, as its `mails` (lib/events/mail-listener.ts).
 */
export async function queueMail(tx: Tx, now: Date, mail: NewMail): Promise<{ id: string }> {
  const row = rowOf(mail, now)
  await write(ofCommand(tx), [row])
  return { id: row.id }
}

/** Writes mails and notices, and asks the background to send them after the commit. */
export const queueMails = (
  tx: Transaction,
  mails: readonly { at: Date; mail: NewMail }[],
  notices: readonly Notice[] = [],
): Promise<void> => write(tx, [...mails.map(({ at, mail }) => rowOf(mail, at)), ...notices.map(noticeRow)])

// More than these are sent one after the other, so that an SMTP server that is away does not cost each of them an attempt.
const FEW = 3

// Nobody reads the mail of a customer whose personal data was deleted.
// Who is told of a key is whoever has it; a key that was sold in a store's test mode has nobody. Whether it is wanted is decided here too, so
// that license calls ask one statement whoever has switched on what.
const INSERT = `INSERT INTO mails (id, template, "to", organization_id, license_key_id, purchase_id, about, payload, created_at, due_at)
  SELECT r.id, r.template, COALESCE(r."to", c.email), r.organization_id, r.license_key_id, r.purchase_id,
    r.about || ' ' || COALESCE(k.product_id, k.key_configuration_id), r.payload, r.created_at, r.due_at
  FROM json_to_recordset($1::json) AS r(id uuid, template text, "to" text, organization_id uuid, license_key_id uuid,
      purchase_id uuid, about text, payload bytea, created_at timestamptz, due_at timestamptz, mail text,
      is_on boolean, days int)
    LEFT JOIN license_keys k ON r."to" IS NULL AND k.id = r.license_key_id AND k.organization_id = r.organization_id
    LEFT JOIN customers c ON c.id = k.customer_id
    LEFT JOIN purchases p ON p.id = k.purchase_id
    LEFT JOIN key_configurations g ON r.days IS NOT NULL AND g.id = k.key_configuration_id
    LEFT JOIN mail_settings s ON r.mail IS NOT NULL AND s.organization_id = r.organization_id
  WHERE (r."to" IS NOT NULL OR (c.id IS NOT NULL AND p.is_test IS NOT TRUE))
    AND COALESCE(r."to", c.email) NOT LIKE '%@deleted.invalid'
    AND COALESCE((s.switches->>r.mail)::boolean, r.is_on, true)
    AND (r.days IS NULL OR (r.days = ANY(g.expiry_reminder_days) AND NOT EXISTS (
      SELECT 1 FROM mail_stops t WHERE t.organization_id = r.organization_id AND t.email = c.email)))
  ON CONFLICT (organization_id, "to", about) WHERE about IS NOT NULL DO NOTHING
  RETURNING id, due_at <= created_at AS is_due`

type Row = {
  id: string
  template: MailTemplate
  /** null: whoever has the key. */
  to: string | null
  organization_id: string | null
  license_key_id: string | null
  purchase_id: string | null
  about: string | null
  payload: string
  created_at: Date
  due_at: Date
  /** Switched on or off by this name; null: always sent. */
  mail: CustomerMail | null
  is_on: boolean | null
  /** Of a reminder: sent where the key's configuration names so many days, unless whoever has the key wants none. */
  days: number | null
}

async function write(tx: Transaction, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const written: { id: string; is_due: boolean }[] = (await tx.executeSql(INSERT, [JSON.stringify(rows)])).rows
  const due = written.filter(({ is_due }) => is_due)
  if (due.length > FEW) await enqueue(tx, 'mail.sweep', {})
  else for (const { id } of due) await enqueue(tx, 'mail.deliver', { mailId: id })
}

const sealed = (payload: object): string =>
  `\\x${Buffer.from(seal('mail-payload', JSON.stringify(payload))).toString('hex')}`

function rowOf({ to, organizationId = null, mail, delayMs = 0, ...contents }: NewMail, now: Date): Row {
  const { template, payload } = contents
  return {
    ...{ id: newId(now), template, to, organization_id: organizationId, about: null, created_at: now },
    due_at: new Date(now.getTime() + delayMs),
    // What its row is found by at the pages of the key and of the purchase.
    license_key_id: 'licenseKeyId' in payload ? payload.licenseKeyId : null,
    purchase_id: 'purchaseId' in payload ? payload.purchaseId : null,
    payload: sealed(payload),
    days: null,
    ...switchOf(mail),
  }
}

function noticeRow({ organizationId, licenseKeyId, mail, at, delayMs = 0, about, template, payload }: Notice): Row {
  return {
    ...{ id: newId(at), template, to: null, organization_id: organizationId, license_key_id: licenseKeyId },
    ...{ purchase_id: null, about: about === undefined ? null : `${template} ${about}`, payload: sealed(payload) },
    ...{ created_at: at, due_at: new Date(at.getTime() + delayMs), days: 'days' in payload ? payload.days : null },
    ...switchOf(mail),
  }
}

const switchOf = (mail: CustomerMail | undefined): Pick<Row, 'mail' | 'is_on'> => ({
  mail: mail ?? null,
  is_on: mail ? onByDefault[mail] : null,
})

const DAYS_7 = 7 * DAY_MS

/** Removes old sign-in mails, invitations and tests: their links are dead, and nobody needs to know who signed in when. For the hourly sweep. */
export async function purgeMail(now: Date): Promise<number> {
  const { count } = await prisma.mail.deleteMany({
    where: {
      template: { in: ['sign-in', 'invitation', 'test', 'password-link', 'address-link', 'account-news'] },
      createdAt: { lt: new Date(now.getTime() - DAYS_7) },
    },
  })
  return count
}
