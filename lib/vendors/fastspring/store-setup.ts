import type { StoreSetup } from '../../store-facts/setup.ts'

/** FastSpring: Developer Tools → Webhooks. */
export const fastspringSetup: StoreSetup = {
  label: 'FastSpring',
  steps: [
    'Open Developer Tools → Webhooks → Configuration and choose Add Webhook.',
    'Give it a title, choose Live, Test or both, and switch Enable Webhook Expansion on.',
    'Choose Add URL Endpoint and paste {address} as the URL.',
    'Invent a long secret, type it as HMAC SHA256 Secret there and paste it here: without one FastSpring signs nothing.',
    'Tick the events below and save.',
  ],
  events: [
    ...['order.completed', 'order.canceled', 'order.failed', 'return.created', 'order.chargeback'],
    ...['subscription.activated', 'subscription.updated', 'subscription.charge.completed'],
    ...['subscription.charge.failed', 'subscription.payment.overdue', 'subscription.canceled'],
    ...['subscription.uncanceled', 'subscription.deactivated'],
  ],
  secret: {
    label: 'HMAC SHA256 Secret',
    hint: 'Your own text, the same in FastSpring and here. At least 16 characters.',
    wrong: (text) => (text.length >= 16 ? null : 'A secret of fewer than 16 characters can be guessed.'),
    madeBy: 'merchant',
  },
  credential: {
    label: 'API credentials',
    hint: 'Developer Tools → APIs → API Credentials → Create. Write username and password as one: username:password.',
    wrong: (text) => (/^[^:\s]+:\S+$/.test(text) ? null : 'It has to look like username:password.'),
  },
  mode: 'said_in_each_event',
  notes: [
    'Take license fulfillments off the product in FastSpring, or buyers get two keys.',
    'A return does not cancel a subscription in FastSpring: cancel it there, too, or it is charged again.',
    'FastSpring does not tell how a chargeback ends: lift it by hand when you have won it.',
  ],
}
