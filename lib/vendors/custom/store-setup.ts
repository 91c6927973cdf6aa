import type { StoreSetup } from '../../store-facts/setup.ts'
import { customMessageTypes } from './messages.ts'

/** A shop or script of the merchant's own. */
export const customSetup: StoreSetup = {
  label: 'Your own shop',
  steps: [
    'Make a secret below, and copy it to where your shop keeps its secrets.',
    'Whenever a purchase changes, POST a message about it to {address}, signed as Standard Webhooks are.',
    'Send it again, with the same webhook-id, until the answer is 200.',
  ],
  events: customMessageTypes,
  secret: {
    label: 'Secret',
    hint: 'Made here. Your shop signs with it; libraries for Standard Webhooks take it as it is.',
    madeBy: 'latchkey',
  },
  credential: null,
  mode: 'said_in_each_event',
  notes: [
    'We cannot ask your shop: a message that never arrives is missing here until you send the next one about that purchase.',
    'Send payments too: without them a refund takes no keys back, and a subscription ends some time after it was last paid.',
  ],
}
