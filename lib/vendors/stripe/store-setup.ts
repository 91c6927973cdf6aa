import type { StoreSetup } from '../../store-facts/setup.ts'

/** Stripe: Workbench → Webhooks. */
export const stripeSetup: StoreSetup = {
  label: 'Stripe',
  steps: [
    'Open Developers → Webhooks in the Stripe Dashboard and choose Add destination.',
    'Choose events from your account, tick the events below, and continue.',
    'Choose Webhook endpoint, paste {address} as the Endpoint URL, and create the destination.',
    'Reveal the Signing secret on the page of the destination and paste it here.',
  ],
  // At most 20, or those that were missed cannot be read in one question.
  events: [
    ...['checkout.session.completed', 'checkout.session.async_payment_succeeded'],
    ...['checkout.session.async_payment_failed', 'customer.subscription.created', 'customer.subscription.updated'],
    ...['customer.subscription.deleted', 'customer.subscription.paused', 'customer.subscription.resumed'],
    ...['customer.subscription.pending_update_applied', 'invoice.paid', 'invoice_payment.paid', 'charge.refunded'],
    ...['refund.created', 'refund.updated', 'refund.failed', 'charge.dispute.created', 'charge.dispute.updated'],
    ...['charge.dispute.closed', 'customer.created', 'customer.updated'],
  ],
  secret: {
    label: 'Signing secret',
    hint: 'The whole text that Stripe reveals. It begins with whsec_.',
    wrong: (text) => (text.startsWith('whsec_') ? null : 'A signing secret begins with whsec_.'),
    madeBy: 'store',
  },
  credential: {
    label: 'Restricted API key',
    hint: 'Developers → API keys → Create restricted key, with Read for Checkout Sessions, Subscriptions, Invoices, Charges and Refunds, Disputes, Customers and Events. It begins with rk_.',
    wrong: (text) =>
      /^(rk|sk)_(live|test)_/.test(text) ? null : 'A restricted API key begins with rk_live_ or rk_test_.',
  },
  mode: 'one_per_connection',
  notes: [
    'Without an API key, a one-time purchase is known by its Payment Link, or by what you write as latchkey_product into the metadata of the link or the Checkout Session, and always counts as one piece.',
    'What you write as latchkey_product is any text of your own: it is placed here once, like a product. The id of a product here, or one of its external ids, needs no placing.',
    'Prices that are made for one checkout only have new ids each time: write latchkey_product into the metadata of the Checkout Session, and of the subscription for those that renew.',
    'Destinations with thin payloads need an API key, as their events only name what changed.',
    'A refund does not end a subscription: cancel it in Stripe as well.',
  ],
}
