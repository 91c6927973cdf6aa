import '#server-only'
import { z } from 'zod'
import type { ApiClient } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import type { Permission } from '../base/permissions.ts'
import { changePlan } from '../purchases/change-plan.ts'
import { cancelPurchase, refundPurchase } from '../purchases/commands.ts'
import { holdPurchase } from '../purchases/hold.ts'
import { cancelPurchaseLater, extendPurchase } from '../purchases/life.ts'
import { getPurchaseRecord } from '../purchases/queries.ts'
import { refundPart } from '../purchases/refund-part.ts'
import { PURCHASE_KEYS_MAX } from '../purchases/schema.ts'
import { resumeSale } from '../stores/resume.ts'
import { type Ask, type Endpoint, endpoint } from './endpoint.ts'
import type { ProblemCode } from './problem.ts'
import { Purchase, showPurchase } from './purchase-shape.ts'
import { asked, Id, Moment, Reason } from './wire.ts'

// What a program does to a purchase. Each answers the purchase as it is then.

const reason = Reason.optional().describe('Kept in the history; customers do not see it.')

const sendMail = z
  .boolean()
  .default(false)
  .describe(
    'Tell the customer by mail, where such mails are switched on. A cancelation is told after five minutes, unless it is resumed before.',
  )

const Cancel = asked(
  'CancelPurchase',
  z.strictObject({
    at: z
      .enum(['now', 'period_end'])
      .default('now')
      .describe(
        '`period_end`: its keys work until then. Only of a subscription that no store speaks of; others are canceled at their store.',
      ),
    ends_at: Moment.optional().describe(
      'When the period ends, where `paid_through` does not say it. With `period_end` only.',
    ),
    send_mail: sendMail,
    reason,
  }),
)

const Refund = asked(
  'RefundPurchase',
  z
    .strictObject({
      units: z
        .int()
        .min(1)
        .max(PURCHASE_KEYS_MAX)
        .optional()
        .describe(
          'How many of it went back; left out: all. Of each configuration so many keys are revoked, first those that were never activated.',
        ),
      license_key_ids: z
        .array(Id)
        .min(1)
        .max(PURCHASE_KEYS_MAX)
        .optional()
        .describe('Which keys went back, in place of how many.'),
      send_mail: sendMail,
      reason,
    })
    .refine(({ units, license_key_ids }) => units === undefined || license_key_ids === undefined, {
      path: ['units'],
      error: 'Send units or license_key_ids, not both',
    })
    .meta({ not: { required: ['units', 'license_key_ids'] } }),
)

const Resume = asked('ResumePurchase', z.strictObject({ reason }))

const Extend = asked(
  'ExtendPurchase',
  z.strictObject({ paid_through: Moment.describe('Until when it is paid now. Not earlier than before.') }),
)

const ChangePlan = asked(
  'ChangePurchasePlan',
  z
    .strictObject({
      product_id: Id.optional().describe('What it is for from now on.'),
      key_configuration_id: Id.optional().describe(
        'The one configuration of the product that all its keys move to; left out: those the product grants.',
      ),
      send_mail: z.boolean().default(false).describe('Mail keys that are issued beside those there are.'),
    })
    .refine(({ product_id, key_configuration_id }) => product_id !== undefined || key_configuration_id !== undefined, {
      path: ['product_id'],
      error: 'Send product_id or key_configuration_id',
    })
    .meta({ anyOf: [{ required: ['product_id'] }, { required: ['key_configuration_id'] }] }),
)

const Hold = asked('HoldPurchase', z.strictObject({ reason }))

const action = <Body extends z.ZodType>(
  verb: string,
  parts: {
    operation: string
    summary: string
    description: string
    body: Body
    example: object
    refuses?: readonly ProblemCode[]
    permissions?: readonly Permission[]
    /** It locks what its path does not name. */
    locksOthers?: true
    change: (client: ApiClient, ask: Ask<unknown, z.output<Body>>) => Promise<unknown>
  },
): Endpoint => {
  const { change, refuses = ['CONFLICT'], permissions = ['purchases.write'], ...rest } = parts
  return endpoint({
    ...rest,
    ...{ method: 'POST', path: `/purchases/{id}/${verb}`, tag: 'Purchases', permissions, refuses },
    ...{ status: 200, answer: Purchase },
    run: async (client, ask) => {
      await change(client, ask)
      return showPurchase(await getPurchaseRecord(client, ask.id))
    },
  })
}

export const purchaseActions = [
  action('refund', {
    operation: 'refundPurchase',
    summary: 'Refund a purchase',
    description:
      'The money went back: its keys are revoked with it, or so many of them. Nothing is sent to a store or a bank. Repeating a refund of all is not an error.',
    body: Refund,
    example: { reason: 'Bought by mistake' },
    change: (client, { id, body: { units, license_key_ids, send_mail: tell, reason = '' }, now }) => {
      if (units === undefined && license_key_ids === undefined)
        return refundPurchase(client, { purchaseId: id, reason, tell }, now)
      const part = { ...(units !== undefined && { units }), ...(license_key_ids && { licenseKeyIds: license_key_ids }) }
      return refundPart(client, { purchaseId: id, reason, tell, ...part }, now)
    },
  }),
  action('cancel', {
    operation: 'cancelPurchase',
    summary: 'Cancel a purchase',
    description:
      'Its keys are revoked with it, at once or when the period that is paid for ends. Nothing is canceled at its store. Repeating it is not an error.',
    body: Cancel,
    example: { at: 'period_end', reason: 'Asked by mail' },
    change: (client, { id, body: { at, ends_at, send_mail: tell, reason = '' }, now }) => {
      if (at === 'period_end')
        return cancelPurchaseLater(client, { purchaseId: id, endsAt: ends_at ?? null, reason }, now)
      if (ends_at) throw new Refusal('INVALID_INPUT', 'A time goes with "at": "period_end".', 'endsAt')
      return cancelPurchase(client, { purchaseId: id, reason, tell }, now)
    },
  }),
  action('resume', {
    operation: 'resumePurchase',
    summary: 'Resume a purchase',
    description:
      'One that was canceled here, or will end, goes on; one of a store stands again as its store says. What was refunded stays so. Repeating it is not an error.',
    body: Resume,
    example: { reason: 'Changed their mind' },
    locksOthers: true,
    change: (client, { id, body, now }) => resumeSale(client, { purchaseId: id, reason: body.reason ?? '' }, now),
  }),
  action('extend', {
    operation: 'extendPurchase',
    summary: 'Extend the period of a purchase',
    description:
      'A subscription that no store speaks of was paid for: it is paid until then. Where it was to end before, it ends then. Repeating it is not an error.',
    body: Extend,
    example: { paid_through: '2027-12-31T23:59:59Z' },
    change: (client, { id, body, now }) =>
      extendPurchase(client, { purchaseId: id, paidThrough: body.paid_through }, now),
  }),
  action('change-plan', {
    operation: 'changePurchasePlan',
    summary: 'Change what a purchase is for',
    description:
      'To another product, or another configuration of it. Its keys move along and keep their strings, devices and dates. What the new one grants beside that is issued; what it does not grant is revoked.',
    body: ChangePlan,
    example: { product_id: '01a3c5d2-8d0f-7a21-8c33-2f5a9b7e4d02' },
    refuses: ['NOT_FOUND', 'CONFLICT'],
    permissions: ['purchases.write', 'keys.write'],
    locksOthers: true,
    change: (client, { id, body, now }) =>
      changePlan(
        client,
        {
          purchaseId: id,
          productId: body.product_id ?? null,
          keyConfigurationId: body.key_configuration_id ?? null,
          sendMail: body.send_mail,
        },
        now,
      ),
  }),
  action('hold', {
    operation: 'holdPurchase',
    summary: 'Hold the keys of a purchase',
    description:
      'They work whatever happens to it, until they are released. What somebody revoked by hand stays so. Repeating it is not an error.',
    body: Hold,
    example: { reason: 'A goodwill gesture' },
    refuses: [],
    permissions: ['purchases.write', 'keys.write'],
    change: (client, { id, body, now }) =>
      holdPurchase(client, { purchaseId: id, held: true, reason: body.reason ?? '' }, now),
  }),
  action('release', {
    operation: 'releasePurchase',
    summary: 'Release the keys of a purchase',
    description: 'They follow it again: where it has ended, they are revoked. Repeating it is not an error.',
    body: Hold,
    example: { reason: 'The month is over' },
    refuses: [],
    permissions: ['purchases.write', 'keys.write'],
    change: (client, { id, body, now }) =>
      holdPurchase(client, { purchaseId: id, held: false, reason: body.reason ?? '' }, now),
  }),
]
