import type { StoreSetup } from '../../store-facts/setup.ts'

/** Paddle Billing: Developer Tools → Notifications. */
export const paddleSetup: StoreSetup = {
  label: 'Paddle',
  steps: [
    'Open Developer Tools → Notifications and choose New destination.',
    'Choose the type Webhook, paste {address} as the URL, and keep the version of the API at 1.',
    'Tick the events below and save the destination.',
    'Choose Edit destination in the menu of the new destination, copy its Secret key and paste it here.',
  ],
  events: [
    ...['transaction.completed', 'transaction.paid', 'subscription.created', 'subscription.activated'],
    ...['subscription.trialing', 'subscription.updated', 'subscription.past_due', 'subscription.paused'],
    ...['subscription.resumed', 'subscription.canceled', 'subscription.imported', 'adjustment.created'],
    ...['adjustment.updated', 'customer.created', 'customer.updated', 'customer.imported'],
  ],
  secret: {
    label: 'Secret key',
    hint: 'The whole text that Paddle shows for this destination. It begins with pdl_ntfset_.',
    wrong: (text) =>
      /^pdl_(live|sdbx)_apikey_/.test(text) ? 'This is an API key: the secret key is one of the destination.' : null,
    madeBy: 'store',
  },
  credential: {
    label: 'API key',
    hint: 'Developer Tools → Authentication → New API key, with Read for transactions, subscriptions, adjustments and customers.',
    wrong: (text) => (text.startsWith('pdl_ntfset_') ? 'This is the secret of a destination, not an API key.' : null),
  },
  mode: 'one_per_connection',
  notes: [
    'Purchases carry no e-mail address: tick customer.created and customer.updated, or paste an API key.',
    'The sandbox is another account of Paddle and needs a connection of its own.',
    'Paddle Classic is another product, and cannot be connected.',
  ],
}
