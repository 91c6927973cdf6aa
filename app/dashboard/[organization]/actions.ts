'use server'
import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import type { CommandItem } from '#components/shell/command-menu.tsx'
import { currentUser, isOpen, merchantOf } from '#lib/auth/session.ts'
import { signOut } from '#lib/auth/sign-in.ts'
import type { Member } from '#lib/base/actor.ts'
import { undoBulkChange } from '#lib/bulk-changes/commands.ts'
import { BulkChangeId } from '#lib/bulk-changes/schema.ts'
import { undoneWords } from '#lib/bulk-changes/words.ts'
import { quickCustomers } from '#lib/customers/queries.ts'
import { parseQuery, termQuery } from '#lib/license-keys/language.ts'
import { statusWords } from '#lib/license-keys/look.ts'
import { keyAnywhere, keysById, quickKeys } from '#lib/license-keys/quick.ts'
import { isAsked } from '#lib/license-keys/terms.ts'
import { namesOf } from '#lib/license-keys/typed.ts'
import { SendMailAgain } from '#lib/mail-settings/schema.ts'
import { sendAgain } from '#lib/mailer/again.ts'
import { quickPurchases } from '#lib/purchases/list.ts'
import { purchaseLook } from '#lib/purchases/look.ts'
import { formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

/** Ends the session and leads to the sign-in page. */
export async function signOutOfDashboard(): Promise<void> {
  await signOut()
  redirect(paths.login())
}

/** Sends one mail once more. */
export const sendMailAgain = formAction(merchantOf, SendMailAgain, async (merchant, input) => {
  const { to } = await sendAgain(merchant, input, new Date())
  refresh()
  return { message: `On its way to ${to}` }
})

/** Takes back what was done to one key or to many. */
export const undoChange = formAction(merchantOf, BulkChangeId, async (merchant, { bulkChangeId }) => {
  const begun = await undoBulkChange(merchant, bulkChangeId, () => new Date())
  refresh()
  return { message: undoneWords(begun), result: begun }
})

const FOUND_MAX = 6

/** Finds keys, customers and purchases for the command menu; a whole key in every organization that the person belongs to. */
export const find = formAction(
  merchantOf,
  z.object({ organization: z.string(), words: z.string().trim().min(2).max(1_000) }),
  async (merchant, { organization, words }) => {
    const now = new Date()
    const exact = await findKey(merchant, words, now)
    if (exact) return { result: [exact] }
    const [customers, purchases, typed] = await Promise.all([
      quickCustomers(merchant, words, FOUND_MAX),
      quickPurchases(merchant, words, FOUND_MAX),
      typedFilter(merchant, words),
    ])
    const around = { customerIds: customers.map(({ id }) => id), purchaseIds: purchases.map(({ id }) => id) }
    const keys = await quickKeys(merchant, words, around, FOUND_MAX, now)
    const result: CommandItem[] = [
      ...keys.map((key) => keyItem(organization, key, now)),
      ...customers.map((customer) => ({
        id: customer.id,
        group: 'Customers',
        label: customer.name ?? customer.email,
        ...(customer.name && { hint: customer.email }),
        href: paths.customer({ organization, id: customer.id }),
      })),
      ...purchases.map((purchase) => ({
        id: purchase.id,
        group: 'Purchases',
        label: purchase.reference,
        hint: `${purchase.customer.name ?? purchase.customer.email}, ${purchaseLook[purchase.shown].label}`,
        href: paths.sale({ organization, id: purchase.id }),
      })),
      {
        id: 'all keys',
        group: 'Everywhere',
        label: typed ? `License keys: ${words}` : `Search all license keys for “${words}”`,
        hint: typed ? 'filter' : 'devices and notes, too',
        href: paths.licenseKeys({ organization }, typed ?? { q: words.slice(0, 200) }),
      },
    ]
    return { result }
  },
)

type QuickKey = Awaited<ReturnType<typeof keysById>>[number]

const keyItem = (organization: string, key: QuickKey, now: Date): CommandItem => ({
  id: key.id,
  group: 'License keys',
  label: key.masked,
  mono: true,
  hint: `${key.customer.name ?? key.customer.email}, ${statusWords(key, now)}`,
  href: paths.licenseKey({ organization, id: key.id }),
})

/** The key that the words are, wherever the person may see it: here first. */
async function findKey(merchant: Member, words: string, now: Date): Promise<CommandItem | null> {
  const memberships = ((await currentUser())?.memberships ?? []).filter(isOpen)
  const members = memberships.map(
    ({ organizationId, role, supportSeesKeys }): Member => ({ ...merchant, organizationId, role, supportSeesKeys }),
  )
  const found = (await keyAnywhere([merchant], words)) ?? (await keyAnywhere(members, words))
  const membership = memberships.find(({ organizationId }) => organizationId === found?.organizationId)
  const owner = members.find(({ organizationId }) => organizationId === found?.organizationId)
  if (!found || !membership || !owner) return null
  const [key] = await keysById(owner, [found.licenseKeyId], now)
  if (!key) return null
  const item = keyItem(membership.slug, key, now)
  const about = [
    item.hint,
    ...(found.replaced ? ['this string was replaced'] : []),
    ...(owner.organizationId === merchant.organizationId ? [] : [`in ${membership.name}`]),
  ]
  return { ...item, hint: about.join(', '), exact: true }
}

/** Filters as they are typed above the list; null where none are. */
async function typedFilter(merchant: Member, words: string) {
  if (!words.includes(':')) return null
  const read = parseQuery(words, await namesOf(merchant))
  if (!isAsked(read.terms) || read.problems.length > 0) return null
  return { ...termQuery(read.terms), ...(read.words && { q: read.words.slice(0, 200) }) }
}
