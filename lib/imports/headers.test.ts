import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { ImportField } from '../import-fields/schema.ts'
import { lookAt, settingsFor, sourceOf } from './look.ts'
import { unusedColumns } from './unused-columns.ts'

// Header lines of shops, license servers, plug-ins and spreadsheets, and what each column is read as. `-` is left out,
// `?` is asked about: nobody may lose an end or a state because a column has a name that we do not know.

const now = new Date('2026-11-28T12:00:00.000Z')

/** What stands in such a column, so that names which could mean two things are told by it. */
const values: Partial<Record<string, string>> = {
  ...{ key: 'AAAA-1111-BBBB-2222', email: 'ada@example.com', name: 'Ada', product: 'Quill', order: '1001' },
  ...{ status: 'active', expiresAt: '2027-01-31', createdAt: '2025-01-31', activationLimit: '3', note: 'from a fair' },
  ...{ disabled: 'no', revoked: 'no', disputed: 'no', customerId: 'c-17', usage: '4', usageLimit: '9' },
  ...{ '-': 'x1', '?': '' },
}

const lines: [header: string, read: string][] = [
  // English: spreadsheets and shops.
  ['License Key,Email,Name,Status,Expires', 'key email name status expiresAt'],
  ['license_key,customer_email,customer_name,license_status,expires_on', 'key email name status expiresAt'],
  ['Licence Key,E-mail,Licensee,Valid To,Seats', 'key email name expiresAt activationLimit'],
  ['Key,Owner Email,End Date,Disabled', 'key email expiresAt disabled'],
  ['Serial,Email,Product,Renewal Date,Max Devices', 'key email product expiresAt activationLimit'],
  ['Serial Number,User Email,Purchase Date,Expiration Date', 'key email createdAt expiresAt'],
  ['code,mail,order_number,created,valid_until,revoked', 'key email order createdAt expiresAt revoked'],
  ['product_key;email;customer;product_name;order_id;issued', 'key email name productName order createdAt'],
  ['Activation Code\tEmail Address\tFull Name\tExpiry', 'key email name expiresAt'],
  ['activation_key|email|status|expiry_date|device_limit', 'key email status expiresAt activationLimit'],
  ['Registration Key,Customer E-Mail,Date,Notes', 'key email createdAt note'],
  ['licensekey,CUSTOMEREMAIL,isActive,validTo', 'key email status expiresAt'],
  ['SerialNumber,EMail,OrderID,LicenseState,endDate', 'key email order status expiresAt'],
  ['key,email,isTerminated,accessExpiresOn', 'key email ? ?'],
  ['LICENSE KEY,EMAIL,STATE,EXP DATE', 'key email status expiresAt'],
  ['licenseKey,customerEmail,expiresAt,maxActivations,status', 'key email expiresAt activationLimit status'],
  ['LicenseKey,CustomerEmail,CustomerName,ExpirationDate,IsActive', 'key email name expiresAt status'],
  ['  license key  , "email" ,Status?,Expires:', 'key email status expiresAt'],
  ['License-Key,E-Mail-Address,Is-Enabled,Paid-Until', 'key email status expiresAt'],
  ['License Code,Email,Good until,Refunded?', 'key email expiresAt revoked'],
  ['License,Email,Order #,Chargeback', 'key email order disputed'],
  ['Key,Email,Subscription Status,Current Period End', 'key email status expiresAt'],
  ['Key,Email,Next billing date,Cancelled', 'key email expiresAt revoked'],
  ['Key String,Billing Email,Invoice,Issue Date,Term End', 'key email order createdAt expiresAt'],
  ['License key,Contact email,Transaction ID,Access until', 'key email order expiresAt'],
  // License servers and plug-ins.
  [
    'license_key,email,status,date_created,date_renewed,date_expiry,max_allowed_domains',
    'key email status createdAt ? expiresAt activationLimit',
  ],
  [
    'id,order_id,product_id,license_key,email,expires_at,status,times_activated,times_activated_max',
    'id order product key email expiresAt status - activationLimit',
  ],
  [
    'License ID,License Key,Customer Email,Download,Status,Activation Limit,Activation Count,Expiration',
    'id key email product status activationLimit - expiresAt',
  ],
  ['key,user_email,policy,expiry,suspended,max_machines', 'key email configuration expiresAt disabled activationLimit'],
  [
    'key,email,product_name,instances_limit,instances_count,expires_at',
    'key email productName activationLimit - expiresAt',
  ],
  [
    'key,customer_email,site_limit,sites,license_expires_at,is_blocked',
    'key email activationLimit - expiresAt disabled',
  ],
  ['license_key,buyer_email,buyer_name,purchase_date,uses,is_refunded', 'key email name createdAt usage revoked'],
  ['code,email,max_uses,used,end_date', 'key email usageLimit usage expiresAt'],
  ['license_key,licensee_email,maintenance_until,status', 'key email ? status'],
  ['key,email,support_expires,state', 'key email ? status'],
  ['key,email,trial_ends,plan', 'key email ? configuration'],
  ['key,email,deactivated_on,reason', 'key email ? -'],
  ['key,email,payment_status,amount', 'key email ? -'],
  ['key,email,termination,country', 'key email - -'],
  // German.
  ['Lizenzschlüssel;E-Mail;Name;Status;Ablaufdatum', 'key email name status expiresAt'],
  ['Lizenzschluessel;E-Mail-Adresse;Kunde;Gültig bis', 'key email name expiresAt'],
  ['Seriennummer;Mailadresse;Produkt;Kaufdatum;Läuft ab', 'key email product createdAt expiresAt'],
  ['Schlüssel;Kunden-E-Mail;Kundennummer;Bestellnummer;Gesperrt', 'key email customerId order disabled'],
  ['Produktschlüssel;E-Mail;Artikel;Rechnungsnummer;Widerrufen', 'key email product order revoked'],
  ['Lizenzcode;Email;Erstellt am;Endet am;Aktiv', 'key email createdAt expiresAt status'],
  ['Lizenz;E-Mail;Geräte;Bemerkung;Enddatum', 'key email activationLimit note expiresAt'],
  ['Lizenznummer;E-Mail;Lizenzstatus;Verlängerung', 'key email status expiresAt'],
  ['Schlüssel;E-Mail;Gültigkeit;Storniert', 'key email expiresAt revoked'],
  ['Lizenzschlüssel;E-Mail;Wartung bis', 'key email ?'],
  ['Lizenzschlüssel;E-Mail;Gekündigt am', 'key email ?'],
  // French.
  ['Clé de licence;Adresse e-mail;Nom;Statut;Date d’expiration', 'key email name status expiresAt'],
  ["Clé;Courriel;Client;Date d'achat;Expire le", 'key email name createdAt expiresAt'],
  ['Numéro de série;E-mail du client;Produit;Valable jusqu’au', 'key email product expiresAt'],
  ['Clé licence;Email;Numéro de commande;État;Date de fin', 'key email order status expiresAt'],
  ['Code de licence;Mél;Remboursé;Échéance', 'key email revoked expiresAt'],
  ['Clé de licence;E-mail;Désactivé;Remarque', 'key email disabled note'],
  ['Clé de licence;E-mail;Résilié le', 'key email ?'],
  // Spanish, Italian, Portuguese, Dutch.
  ['Clave de licencia;Correo electrónico;Nombre;Estado;Fecha de caducidad', 'key email name status expiresAt'],
  ['Clave;Correo;Cliente;Pedido;Válido hasta', 'key email name order expiresAt'],
  ['Licencia;Correo;Fecha de compra;Vencimiento;Reembolsado', 'key email createdAt expiresAt revoked'],
  ['Chiave di licenza;Indirizzo e-mail;Nome;Stato;Data di scadenza', 'key email name status expiresAt'],
  ['Codice licenza;Posta elettronica;Prodotto;Data acquisto;Scade il', 'key email product createdAt expiresAt'],
  ['Chave de licença;E-mail;Nome;Situação;Válido até', 'key email name status expiresAt'],
  ['Chave;E-mail do cliente;Produto;Expira em;Revogado', 'key email product expiresAt revoked'],
  ['Licentiesleutel;E-mailadres;Naam;Geldig tot;Bestelnummer', 'key email name expiresAt order'],
  ['Sleutel;E-mail;Klant;Vervaldatum;Ingetrokken', 'key email name expiresAt revoked'],
  ['Licentie;E-mail;Aankoopdatum;Verloopt op;Terugbetaald', 'key email createdAt expiresAt revoked'],
  // What programs and spreadsheets make of names.
  ['license.key,customer.email,customer.name,expires_at', 'key email name expiresAt'],
  ['Key,Email,Email,Status', 'key email - status'],
  ['Key,,Email,,Expires', 'key - email - expiresAt'],
  ['"Key\n(do not share)",Email,"Valid\nuntil"', '- email expiresAt'],
  ['LICENSE_KEY,EMAIL_ADDRESS,EXPIRATION_DATE,LICENSE_STATUS', 'key email expiresAt status'],
  ['Ｌicense Key,Email,Status', 'key email status'],
  ['License\u00A0Key,E\u2011Mail,Valid\u00A0until', 'key email expiresAt'],
  ['\u200BKey,\u200BEmail,\u200BStatus', 'key email status'],
  ['key (license),e-mail (customer),status (license)', '- - ?'],
  ['Key*,Email*,Expires*', 'key email expiresAt'],
  ['# Key,Email,Expiry', 'key email expiresAt'],
  ['Key;E-Mail;"Ablauf; Datum"', 'key email expiresAt'],
  // Columns that only look like states or ends.
  ['Key,Email,City,State,Zip', 'key email - - -'],
  ['Key,Email,Weekend,Friend', 'key email - -'],
  ['Key,Email,Status Page,Newsletter', 'key email ? -'],
  ['Key,Email,Backend,Vendor', 'key email - -'],
]

test('there are at least eighty', () => expect(lines.length).toBeGreaterThanOrEqual(80))

test.each(lines)('%s', async (header, read) => {
  const delimiter = /[;\t|]/.exec(header.replaceAll(/"[^"]*"/g, ''))?.[0] ?? ','
  const fields = read.split(' ')
  const county = /City/.test(header)
  const cells = fields.map((field) => (county && field === '-' ? 'CA' : (values[field] ?? 'x1')))
  // A name that is asked about has something in it, else nothing would be lost.
  const row = cells.map((cell, i) => (fields[i] === '?' ? '2025-01-31' : cell)).join(delimiter)
  const looks = [await lookAt(Readable.from([Buffer.from(`${header}\n${row}\n`)]), now)]
  const names = looks[0]?.columns.keys.map(({ name }) => name) ?? []
  const settings = settingsFor(sourceOf(looks), looks)
  const unused = unusedColumns(looks, settings)
  const field = new Map(Object.entries(settings.columns.keys).map(([is, column]) => [column, is as ImportField]))
  const seen = names.map((name) => {
    const suspicion = unused.find((column) => column.name === name)?.suspicion
    return suspicion ? '?' : (field.get(name) ?? '-')
  })
  expect(seen.join(' ')).toBe(read)
})
