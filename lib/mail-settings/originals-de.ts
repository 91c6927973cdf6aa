import type { CustomerMail } from '../mail/plain.ts'

/** The same in German, for readers of German, as long as the merchant writes nothing else. */
export const originalsDe: Record<CustomerMail, { subject: string; intro: string }> = {
  'key-issued': {
    subject: 'Ihr Lizenzschlüssel für {{product.name}}',
    intro: 'Vielen Dank. Das ist Ihr Lizenzschlüssel:',
  },
  'keys-issued': {
    subject: 'Ihre {{keys.count}} Lizenzschlüssel für {{product.name}}',
    intro: 'Vielen Dank. Das sind Ihre Lizenzschlüssel:',
  },
  'key-again': {
    subject: 'Ihr Lizenzschlüssel für {{product.name}}',
    intro: 'Hier ist Ihr Lizenzschlüssel noch einmal:',
  },
  'key-replaced': {
    subject: 'Ihr neuer Lizenzschlüssel für {{product.name}}',
    intro: 'Ihr Lizenzschlüssel wurde ersetzt. Das ist der neue:',
  },
  'key-expiring': {
    subject: 'Ihre Lizenz für {{product.name}} endet am {{key.ends}}',
    intro:
      'Ihr Lizenzschlüssel für {{product.name}} gilt bis {{key.ends}}.\n\nUm ihn danach weiter zu benutzen, verlängern Sie ihn vorher.',
  },
  'key-expired': {
    subject: 'Ihre Lizenz für {{product.name}} ist abgelaufen',
    intro:
      'Ihr Lizenzschlüssel für {{product.name}} galt bis {{key.ends}}. {{key.works}}\n\nUm ihn weiter zu benutzen, verlängern Sie ihn.',
  },
  'key-revoked': {
    subject: 'Ihr Lizenzschlüssel für {{product.name}} gilt nicht mehr',
    intro: '{{organization.name}} hat Ihren Lizenzschlüssel für {{product.name}} zurückgezogen. Er gilt nicht mehr.',
  },
  'device-activated': {
    subject: 'Ein neues Gerät benutzt Ihre Lizenz für {{product.name}}',
    intro:
      '{{device.name|Ein Gerät}} wurde mit Ihrem Lizenzschlüssel für {{product.name}} aktiviert: {{device.time}}.\n\nWaren Sie das nicht? Entfernen Sie es unter „Ihre Käufe“, und sagen Sie uns Bescheid.',
  },
  renewed: {
    subject: '{{product.name}} ist verlängert',
    intro:
      'Ihr Abo für {{product.name}} ist bezahlt bis {{paid.until|zur nächsten Zahlung}}. Es läuft weiter, und Sie brauchen nichts zu tun.',
  },
  payment_failed: {
    subject: 'Die Zahlung für {{product.name}} ist fehlgeschlagen',
    intro:
      'Die Zahlung für Ihr Abo hat nicht geklappt. {{product.name}} funktioniert noch bis {{works.until|in einigen Tagen}}.\n\nBitte prüfen Sie Ihre Zahlungsdaten bei {{store.name}}; sobald die Zahlung da ist, ändert sich sonst nichts.',
  },
  ended: {
    subject: '{{product.name}} ist beendet',
    intro:
      'Ihr Abo ist beendet, und Ihre Lizenz für {{product.name}} gilt nicht mehr. Wenn Sie wieder abonnieren, fragen Sie {{organization.name}}, ob derselbe Schlüssel weiter gelten kann.',
  },
  canceled: {
    subject: '{{product.name}} wurde storniert',
    intro: 'Ihre Bestellung {{order.number}} wurde storniert, und Ihre Lizenz für {{product.name}} gilt nicht mehr.',
  },
  refunded: {
    subject: '{{product.name}} wurde erstattet',
    intro: 'Ihre Bestellung {{order.number}} wurde erstattet, und Ihre Lizenz für {{product.name}} gilt nicht mehr.',
  },
}
