import { z } from 'zod'

/*
 * The messages of a shop or script of the merchant's own. It is our own contract, so it is checked strictly and says what is wrong. What
 * each field means is in contract.ts, for people.
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

/** One message. */
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
