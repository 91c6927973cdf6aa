import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Store } from '../base/actor.ts'
import { readSentEmail } from '../base/text.ts'
import { addCustomers } from '../customers/commands.ts'
import { addressChanged } from '../customers/mails.ts'
import { isErasedAddress } from '../customers/rules.ts'
import type { Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { type CustomerRegister, type LineFields, noCustomer, type Said, withCustomer } from './registers.ts'

// Who bought something in a store, and what becomes of their address.

/** A customer as purchases name them. */
export type Buyer = { id: string; email: string }

/** Who bought: whom the store's person is here already, or whoever has the address. */
export async function buyerOf(
  tx: Tx,
  store: Store,
  said: Said<LineFields['buyer']> | undefined,
  now: Date,
): Promise<Buyer | null> {
  const { connectionId } = store
  const buyer = said?.value
  const person = buyer?.ref
    ? await tx.storeCustomer.findUnique({
        where: { connectionId_customer: { connectionId, customer: buyer.ref } },
        include: { person: { select: { id: true, email: true, erasedAt: true } } },
      })
    : null
  // Whoever buys again after their personal data was deleted is somebody new.
  if (person?.person && !person.person.erasedAt) return person.person
  // What was said last of the two is right, whichever came first.
  const register = withBuyer((person?.register ?? noCustomer) as CustomerRegister, said)
  const told = toldOf(register)
  const email = addressOf(told.email)
  if (!email) return null
  const name = told.name ?? ''
  const customer = (await addCustomers(tx, store, [{ email, name }], now)).get(email)
  if (!customer) throw new Error('A customer was neither written nor there.')
  if (buyer?.ref) {
    const applied = {
      register: register as unknown as Prisma.InputJsonValue,
      ...{ customerId: customer.id, appliedEmail: told.email },
    }
    await tx.storeCustomer.upsert({
      where: { connectionId_customer: { connectionId, customer: buyer.ref } },
      create: { connectionId, customer: buyer.ref, ...applied },
      update: applied,
    })
  }
  return customer
}

/** A person as a purchase names them, which is something said of the person too. */
function withBuyer(held: CustomerRegister, said: Said<LineFields['buyer']> | undefined): CustomerRegister {
  if (!said?.value.email) return held
  const { ref, email, name } = said.value
  const version = said.version
  return withCustomer(held, {
    ...{ kind: 'customer', customer: ref ?? '', email, name: name ?? toldOf(held).name, version, occurredAt: '' },
  })
}

const addressOf = (text: string | null | undefined): string | null => {
  const address = text ? readSentEmail(text) : null
  return address && !isErasedAddress(address) ? address : null
}

type Told = { email: string | null; name: string | null }
const toldOf = (register: unknown): Told => {
  const { fields } = (register ?? { fields: {} }) as {
    fields: { email?: { value: string }; name?: { value: string | null } }
  }
  return { email: fields.email?.value ?? null, name: fields.name?.value ?? null }
}

/** The address of a customer follows the one the store tells of its person later, unless that is somebody else's here. */
export async function followAddress(tx: Tx, store: Store, { buyer }: Partial<LineFields>, now: Date): Promise<void> {
  if (!buyer?.ref) return
  const { connectionId, organizationId } = store
  const where = { connectionId_customer: { connectionId, customer: buyer.ref } }
  const person = await tx.storeCustomer.findUnique({ where, include: { person: true } })
  const told = toldOf(person?.register).email
  const email = addressOf(told)
  if (!person?.person || person.person.erasedAt || !email || told === person.appliedEmail) return
  await tx.storeCustomer.update({ where, data: { appliedEmail: told } })
  if (person.person.email === email) return
  // Two of one address would be one person: that is for somebody to decide.
  const other = await tx.customer.findFirst({ where: { organizationId, email }, select: { id: true } })
  if (other) return
  const { id, email: from } = person.person
  // At a checkout anybody types any address. Somebody's other keys do not follow whoever typed theirs: what comes next goes to the new
  // one, and what was bought before stays where it is until a person moves it.
  // One that they took themselves was proved by both mailboxes, which says more.
  if (person.person.addressChosenAt || !(await isOnlyOf(tx, store, id, buyer.ref))) {
    const next = (await addCustomers(tx, store, [{ email, name: toldOf(person.register).name ?? '' }], now)).get(email)
    if (next) await tx.storeCustomer.update({ where, data: { customerId: next.id } })
    return
  }
  await tx.customer.update({ where: { id, organizationId }, data: { email, updatedAt: now } })
  // A key that waits to be mailed to an address that was mistyped goes to the right one.
  await tx.mail.updateMany({
    where: {
      ...{ organizationId, to: from, status: 'waiting' },
      template: { in: ['license-key', 'license-keys', 'key-replaced'] },
    },
    data: { to: email },
  })
  await record(tx, store, now, {
    ...{ type: 'customer.updated', organizationId, customerId: id },
    data: { email, changes: [`Address: ${from} → ${email}`] },
    // Their keys are seen with the new one from now on.
    mails: [addressChanged(organizationId, from, email)],
  })
}

/** Whether everything that a customer has was bought by that one person of the store. */
async function isOnlyOf(
  tx: Tx,
  { connectionId, organizationId }: Store,
  customerId: string,
  person: string,
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isOnly: boolean }[]>`
    WITH own AS (SELECT l.purchase_id AS id FROM store_lines l WHERE l.connection_id = ${connectionId}::uuid
      AND l.purchase_id IS NOT NULL AND l.register #>> '{fields,buyer,value,ref}' = ${person})
    SELECT NOT EXISTS (SELECT 1 FROM purchases p WHERE p.organization_id = ${organizationId}::uuid AND p.customer_id = ${customerId}::uuid
        AND p.id NOT IN (SELECT id FROM own))
      AND NOT EXISTS (SELECT 1 FROM license_keys k WHERE k.organization_id = ${organizationId}::uuid AND k.customer_id = ${customerId}::uuid
        AND (k.purchase_id IS NULL OR k.purchase_id NOT IN (SELECT id FROM own)))
      AND NOT EXISTS (SELECT 1 FROM store_customers c WHERE c.customer_id = ${customerId}::uuid
        AND NOT (c.connection_id = ${connectionId}::uuid AND c.customer = ${person})) AS "isOnly"`
  return row?.isOnly ?? false
}
