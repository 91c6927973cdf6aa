import type { VendorExport } from '../../import-fields/schema.ts'

/** Gumroad's export of sales. */
export const gumroadExport: VendorExport = {
  label: 'Gumroad',
  shapes: {
    keys: {
      signs: [
        ['license_key', 'item_name', 'purchase_email'],
        ['license_key', 'product_id', 'seller_id'],
        ['license_key', 'license_key_enabled'],
      ],
      columns: {
        key: ['license_key'],
        email: ['purchase_email', 'buyer_email', 'email'],
        name: ['buyer_name', 'full_name', 'name'],
        product: ['product_id', 'item_name', 'product_name'],
        productName: ['item_name', 'product_name'],
        order: ['order_number', 'order_id', 'purchase_id', 'sale_id'],
        // In the table: is the key enabled? In the API: is it disabled?
        status: ['license_key_enabled'],
        disabled: ['license_disabled'],
        // In the table `Refunded?` is a yes for a part as well.
        revoked: ['fully_refunded', 'refunded'],
        partlyRefunded: ['partially_refunded', 'partial_refund'],
        disputed: ['disputed', 'chargebacked', 'chargedback', 'charged_back'],
        disputeWon: ['dispute_won'],
        accessRevoked: ['access_revoked', 'is_access_revoked'],
        unpaid: ['pre_order_authorization', 'is_preorder_authorization'],
        over: ['dead', 'ended', 'cancelled'],
        endedAt: ['subscription_end_date', 'subscription_ended_at', 'ended_at'],
        canceledAt: ['subscription_cancelled_at'],
        failedAt: ['subscription_failed_at'],
        recurrence: ['recurrence', 'subscription_duration', 'subscription_id'],
        renewal: ['recurring_charge', 'is_recurring_charge'],
        giftee: ['giftee_email', 'gift_receiver_email'],
        quantity: ['quantity'],
        createdAt: ['purchase_time_utc_timezone', 'created_at', 'sale_timestamp', 'purchase_date'],
        usage: ['license_key_activation_count', 'uses'],
      },
    },
  },
  // There it is the customer's county, and a trial ends by itself in the columns above.
  harmless: [
    ...['state', 'refunded', 'free_trial_purchase', 'free_trial_ends_on', 'free_trial_ended', 'upsold', 'discover'],
    ...['pre_order_authorization_time_utc_timezone', 'purchase_date', 'ended', 'cancelled', 'dead', 'paid', 'shipped'],
    ...['chargebacked', 'chargedback', 'card.expiry_month', 'card.expiry_year', 'subscription_duration', 'recurrence'],
    ...['subscription_ended_at', 'purchase_time_utc_timezone', 'paypal_refund_expired', 'preorder_cancelled'],
  ],
  linePerPayment: true,
  // Most sales have none, and the last line holds the sums.
  skipsWithoutKey: true,
}
