import { z } from 'zod'

/*
 * The messages of a shop or script of the merchant's own. It is our own contract, so it is checked strictly and says what is wrong.
 *
 * A POST of JSON to the address of the connection, signed as Standard Webhooks are (standardwebhooks.com; libraries for every language):
 *
 * | Header              | What                                                                                          |
 * |---------------------|-----------------------------------------------------------------------------------------------|
 * | `webhook-id`        | names the message; the same one sent again has the same id, and is read once                  |
 * | `webhook-timestamp` | when it was sent, in seconds since 1970; at most five minutes from now                        |
 * | `webhook-signature` | `v1,` and in base 64 the HMAC-SHA-256 of `<webhook-id>.<webhook-timestamp>.<body>`, with the bytes that the secret has in base 64 after `whsec_`; several are parted by spaces |
 *
 * The body is one message:
 *
 * | Field       | Kind              | What                                                                                      |
 * |-------------|-------------------|-------------------------------------------------------------------------------------------|
 * | `type`      | one of the below  | what the message is about                                                                 |
 * | `timestamp` | moment            | when things were as `data` says. Of two messages about one thing the later one counts, whichever arrives first: so send what *is*, with the time of the change |
 * | `test`      | boolean           | a trial of the shop's test mode; left out: false                                          |
 * | `data`      | object            | as follows                                                                                |
 *
 * Moments are text in ISO 8601 with a zone and up to six decimals: `2026-09-01T10:00:05.120Z`, `2026-09-01T12:00:05+02:00`. Amounts are
 * whole numbers in the currency's smallest unit, tax included (4900 is 49.00 EUR, 4900 JPY is 4900). Ids are text of at most 200
 * characters, of the shop's own making. Fields with a question mark may be left out: what is left out stays as the shop said it before;
 * null, where it is allowed, is an answer. A field that is not in these tables is refused.
 *
 * `purchase.updated`: how an order or a subscription stands. Issues keys, and takes them back.
 *
 * | Field                             | Kind                  | What                                                              |
 * |-----------------------------------|-----------------------|-------------------------------------------------------------------|
 * | `order_id` or `subscription_id`   | id, exactly one       | a purchase for good, or one that renews                           |
 * | `status`                          | word                  | `pending`: not paid; no keys yet. `active`: keys work, also when it ends at `ends_at`. `past_due`: a renewal was not paid; keys work for the time of grace. `paused`: keys do not work until it is `active` again. `ended`: over. `past_due` is for subscriptions |
 * | `items`                           | 1 to 100 objects      | what was bought; one that was sent before and is not among them is gone |
 * | `items[].id`?                     | id                    | names the item within the purchase; needed where there are several. An item keeps its id when its product or quantity changes: its keys go along |
 * | `items[].product_id`              | id                    | what the shop calls it; which product that is here is said once in the settings of the connection |
 * | `items[].product_name`?           | text                  | for the people who say so                                         |
 * | `items[].quantity`?               | whole number from 1   | how many; left out the first time: 1                              |
 * | `customer`?                       | object                | who gets the keys; needed before there are any; taken as a whole  |
 * | `customer.id`?                    | id                    | names the person in the shop; without one the address does        |
 * | `customer.email`?                 | address               | id, address or both are needed                                    |
 * | `customer.name`?                  | text or null          |                                                                   |
 * | `order_number`?                   | text                  | what people call it                                               |
 * | `purchased_at`?                   | moment                | left out the first time: `timestamp`                              |
 * | `ends_at`?                        | moment or null        | when it ends or ended; null: it renews, or never ends             |
 * | `paid_through`?                   | moment or null        | subscriptions: until when it is paid, where no `payment.received` says it |
 * | `grace_until`?                    | moment or null        | subscriptions: until when the shop waits for a payment that failed |
 * | `trial_ends_at`?                  | moment or null        | subscriptions: null: it is in no trial                            |
 *
 * `payment.received`: money came. Needed for refunds to be understood, and for subscriptions to go on.
 *
 * | Field                             | Kind                  | What                                                              |
 * |-----------------------------------|-----------------------|-------------------------------------------------------------------|
 * | `id`                              | id                    | names the payment                                                 |
 * | `order_id` or `subscription_id`   | id, exactly one       | what it is for                                                    |
 * | `item_id`?                        | id or null            | the one item that it is for; null or left out: all                |
 * | `amount`                          | whole number from 0   |                                                                   |
 * | `currency`                        | three letters         | `EUR`                                                             |
 * | `paid_at`?                        | moment                | left out: `timestamp`                                             |
 * | `paid_through`?                   | moment or null        | subscriptions: the end of the period that it pays for             |
 *
 * `refund.updated`: money went back, or will.
 *
 * | Field                             | Kind                  | What                                                              |
 * |-----------------------------------|-----------------------|-------------------------------------------------------------------|
 * | `id`                              | id                    | names the refund                                                  |
 * | `payment_id`                      | id                    |                                                                   |
 * | `status`                          | word                  | `pending`, `succeeded` or `failed`; only `succeeded` changes anything |
 * | `amount`                          | whole number, `all`   | of this refund alone                                              |
 * | `items`?                          | objects or null       | of an order: which items went back; their keys end. Without it a refund of less than the payment takes no keys back |
 * | `items[].id`?                     | id                    | as in the purchase; left out where the item has none there        |
 * | `items[].quantity`                | whole number from 1   | how many of it                                                    |
 * | `revoke`?                         | boolean or null       | of an order: true takes the keys back whatever the amount, false leaves them, null lets the amount decide |
 *
 * `dispute.updated`: the buyer's bank took the money back, or wants to.
 *
 * | Field                             | Kind                  | What                                                              |
 * |-----------------------------------|-----------------------|-------------------------------------------------------------------|
 * | `id`                              | id                    | names the dispute                                                 |
 * | `payment_id`                      | id                    |                                                                   |
 * | `status`                          | word                  | `open`: keys stop, unless the settings say otherwise. `won`: they come back. `lost`: they end |
 *
 * `customer.updated`: a person's address or name changed.
 *
 * | Field                             | Kind                  | What                                                              |
 * |-----------------------------------|-----------------------|-------------------------------------------------------------------|
 * | `id`                              | id                    | as in `customer.id` of purchases                                  |
 * | `email`                           | address               |                                                                   |
 * | `name`?                           | text or null          | left out or null: none                                            |
 */

export const customMessageTypes = [
  'purchase.updated',
  'payment.received',
  'refund.updated',
  'dispute.updated',
  'customer.updated',
] as const

const message = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.strictObject({ type: z.literal(type), timestamp: Moment, test: z.boolean().default(false), data })

const ID_MAX = 200
const Id = z
  .string('An id is text.')
  .trim()
  .min(1, 'An id has at least one character.')
  .max(ID_MAX, `An id has at most ${ID_MAX} characters.`)

const Moment = z.iso
  .datetime({
    offset: true,
    error: 'A moment is text in ISO 8601 with its zone, such as 2026-09-01T10:00:05Z.',
  })
  .refine((text) => Date.parse(text) >= 0, 'A moment is not before 1970.')

const Amount = z
  .int('An amount is a whole number in the smallest unit of its currency.')
  .min(0, 'An amount is not negative.')
const Quantity = z.int('A quantity is a whole number.').min(1, 'A quantity is at least 1.')
const Name = z.string('A name is text.').trim().max(500, 'A name has at most 500 characters.')
const Email = z.email('This is no e-mail address.').max(320, 'An address has at most 320 characters.')

/** Adds to a shape which purchase it is about. */
const ofPurchase = { order_id: Id.optional(), subscription_id: Id.optional() }
const namesOne = ({
  order_id,
  subscription_id,
}: {
  order_id?: string | undefined
  subscription_id?: string | undefined
}) => (order_id === undefined) !== (subscription_id === undefined)
const NAMES_ONE = 'Exactly one of order_id and subscription_id has to be there.'

const forSubscriptions = ['paid_through', 'grace_until', 'trial_ends_at'] as const

const Items = z
  .array(
    z.strictObject({
      id: Id.optional(),
      product_id: Id,
      product_name: Name.optional(),
      quantity: Quantity.optional(),
    }),
  )
  .min(1, 'A purchase has at least one item.')
  .max(100, 'A purchase has at most 100 items.')
  .refine((items) => items.length === 1 || items.every(({ id }) => id !== undefined), {
    error: 'Where there are several items, each needs an id.',
  })
  .refine((items) => new Set(items.map(({ id }) => id)).size === items.length, {
    error: 'Two items have the same id.',
  })

const Purchase = z
  .strictObject({
    ...ofPurchase,
    status: z.enum(['pending', 'active', 'past_due', 'paused', 'ended'], {
      error: 'A status is one of pending, active, past_due, paused, ended.',
    }),
    items: Items,
    customer: z
      .strictObject({ id: Id.optional(), email: Email.optional(), name: Name.nullable().optional() })
      .refine(({ id, email }) => id !== undefined || email !== undefined, {
        error: 'A customer has an id or an email.',
      })
      .optional(),
    order_number: Name.min(1, 'An order number has at least one character.').optional(),
    purchased_at: Moment.optional(),
    ends_at: Moment.nullable().optional(),
    paid_through: Moment.nullable().optional(),
    grace_until: Moment.nullable().optional(),
    trial_ends_at: Moment.nullable().optional(),
  })
  .refine(namesOne, { error: NAMES_ONE })
  .superRefine((purchase, context) => {
    if (purchase.order_id === undefined) return
    for (const field of forSubscriptions)
      if (purchase[field] !== undefined)
        context.addIssue({ code: 'custom', path: [field], message: 'This is for subscriptions only.' })
    if (purchase.status === 'past_due')
      context.addIssue({ code: 'custom', path: ['status'], message: 'past_due is for subscriptions only.' })
  })

const Payment = z
  .strictObject({
    id: Id,
    ...ofPurchase,
    item_id: Id.nullable().optional(),
    amount: Amount,
    currency: z.string('A currency is text.').regex(/^[A-Za-z]{3}$/, 'A currency is three letters, such as EUR.'),
    paid_at: Moment.optional(),
    paid_through: Moment.nullable().optional(),
  })
  .refine(namesOne, { error: NAMES_ONE })
  .refine(({ order_id, paid_through }) => order_id === undefined || paid_through === undefined, {
    path: ['paid_through'],
    error: 'This is for subscriptions only.',
  })

const Refund = z.strictObject({
  id: Id,
  payment_id: Id,
  status: z.enum(['pending', 'succeeded', 'failed'], { error: 'A status is one of pending, succeeded, failed.' }),
  amount: z.union([Amount, z.literal('all')], {
    error: 'An amount is a whole number in the smallest unit of its currency, or all.',
  }),
  items: z
    .array(z.strictObject({ id: Id.optional(), quantity: Quantity }))
    .min(1, 'Leave items out, or make it null, where the refund names none.')
    .nullable()
    .optional(),
  revoke: z.boolean().nullable().optional(),
})

const Dispute = z.strictObject({
  id: Id,
  payment_id: Id,
  status: z.enum(['open', 'won', 'lost'], { error: 'A status is one of open, won, lost.' }),
})

const Customer = z.strictObject({ id: Id, email: Email, name: Name.nullable().optional() })

/** One message; the contract is at the top of this file. */
export const CustomMessage = z.discriminatedUnion(
  'type',
  [
    message('purchase.updated', Purchase),
    message('payment.received', Payment),
    message('refund.updated', Refund),
    message('dispute.updated', Dispute),
    message('customer.updated', Customer),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? `A message is one of ${customMessageTypes.join(', ')}.` : 'A message is an object.',
  },
)

export type CustomMessage = z.infer<typeof CustomMessage>
export type CustomData<Type extends CustomMessage['type']> = Extract<CustomMessage, { type: Type }>['data']
