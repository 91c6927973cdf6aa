import '#server-only'
import { type EmptyMeans, type Habits, readStatus } from './rules.ts'
import type { Columns, ImportField, ImportSettings, ImportSource, RecordKind } from './schema.ts'

// What each vendor's export looks like. Names are compared without case and punctuation; of several the first that is there counts.

type Names = Partial<Record<ImportField, readonly string[]>>

/** Columns that together give a file away, and where its fields stand. */
type Shape = { signs: readonly (readonly string[])[]; columns: Names }

/** One vendor's export as data. */
type ReadyMapping = {
  shapes: Partial<Record<RecordKind, Shape>>
  /** JSON:API: the kind of a record by its type. */
  types?: Record<string, RecordKind>
  /** What the two words mean there that elsewhere mean the opposite. */
  answers?: Partial<Pick<ImportSettings, 'zeroDevices' | 'inactive'>>
  empty?: Partial<EmptyMeans>
  skipsWithoutKey?: true
  /** A key stands once for each payment. */
  linePerPayment?: true
  /** Columns that sound like a status or an end and are neither. */
  harmless?: readonly string[]
}

const device = {
  activationId: ['activation_id', 'instance_id', 'machine_id', 'device_id'],
  activationLabel: ['activation_label', 'activation_name', 'instance_name', 'device_name', 'device', 'hostname'],
  fingerprint: ['fingerprint', 'hardware_id', 'hwid', 'machine_fingerprint'],
  activationCreatedAt: ['activation_created_at', 'activated_at', 'instance_created_at'],
  conditions: ['conditions'],
  meta: ['meta'],
} as const satisfies Names

/** Every export we know, the most particular first. */
export const readyMappings: Record<ImportSource, ReadyMapping> = {
  latchkey: {
    shapes: {
      keys: {
        signs: [['key', 'customer_email', 'new_devices_blocked', 'activation_limit', 'activations']],
        columns: {
          ...{ key: ['key'], id: ['id'], externalId: ['external_id'], status: ['status'] },
          ...{ email: ['customer_email'], name: ['customer_name'], customerId: ['customer_id'] },
          ...{ configuration: ['configuration'], product: ['product'], order: ['order'] },
          ...{ createdAt: ['created_at'], expiresAt: ['expires_at'], firstActivatedAt: ['first_activated_at'] },
          ...{ activationLimit: ['activation_limit'], usageLimit: ['usage_limit'], usage: ['usage'] },
          ...{ validations: ['validations'], lastValidatedAt: ['last_validated_at'] },
          ...{ graceDays: ['grace_days'], newDevicesBlocked: ['new_devices_blocked'] },
          ...{ note: ['note'], activations: ['activations'] },
        },
      },
    },
    empty: { expiresAt: 'configuration' },
    answers: { zeroDevices: 'off', inactive: 'disabled' },
  },

  polar: {
    shapes: {
      keys: {
        signs: [['key', 'limit_activations', 'limit_usage']],
        columns: {
          ...{ key: ['key'], id: ['id'], status: ['status'] },
          ...{ email: ['customer.email', 'user.email', 'customer_email'] },
          ...{ name: ['customer.name', 'customer_name'], customerId: ['customer_id', 'customer.id', 'user_id'] },
          ...{ createdAt: ['created_at'], expiresAt: ['expires_at'], lastValidatedAt: ['last_validated_at'] },
          ...{ activationLimit: ['limit_activations'], usageLimit: ['limit_usage'], usage: ['usage'] },
          ...{ validations: ['validations'], activations: ['activations'] },
          ...{ configurationElsewhere: ['benefit_id'], organizationElsewhere: ['organization_id'] },
        },
      },
      activations: {
        signs: [['license_key_id', 'label', 'meta']],
        columns: {
          ...{ activationOf: ['license_key_id'], activationId: ['id'], activationLabel: ['label'] },
          ...{ activationCreatedAt: ['created_at'], meta: ['meta'], conditions: ['conditions'] },
        },
      },
    },
    // There a key without a limit takes no devices at all.
    empty: { activationLimit: 'off', usageLimit: 'unlimited' },
    answers: { zeroDevices: 'off' },
    harmless: ['modified_at', 'customer.deleted_at', 'customer.email_verified', 'customer.modified_at'],
  },

  dodo: {
    shapes: {
      keys: {
        signs: [
          ['key', 'activations_limit', 'business_id'],
          ['key', 'activations_limit', 'instances_count'],
        ],
        columns: {
          ...{ key: ['key'], id: ['id'], status: ['status'], customerId: ['customer_id', 'customer.customer_id'] },
          ...{ email: ['customer.email', 'customer_email', 'email'], name: ['customer.name', 'customer_name'] },
          ...{ product: ['product_id', 'product.product_id'], productName: ['product.name', 'product_name'] },
          ...{ order: ['payment_id'], createdAt: ['created_at'], expiresAt: ['expires_at'] },
          activationLimit: ['activations_limit'],
          organizationElsewhere: ['business_id'],
        },
      },
      activations: {
        signs: [['license_key_id', 'name', 'business_id']],
        columns: {
          ...{ activationOf: ['license_key_id'], activationId: ['id'], activationLabel: ['name'] },
          activationCreatedAt: ['created_at'],
        },
      },
      people: {
        signs: [['customer_id', 'email', 'business_id']],
        columns: { personId: ['customer_id'], email: ['email'], name: ['name'] },
      },
    },
    empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
    harmless: ['source', 'updated_at'],
  },

  lemonsqueezy: {
    types: { 'license-keys': 'keys', 'license-key-instances': 'activations' },
    shapes: {
      keys: {
        signs: [
          ['attributes.key', 'attributes.activation_limit', 'attributes.store_id'],
          ['key', 'activation_limit', 'user_email'],
          ['license_key', 'activation_limit', 'order_id'],
          ['key', 'key_short', 'activation_limit'],
        ],
        columns: {
          ...{ key: ['attributes.key', 'license_key', 'key'], id: ['id', 'license_key_id'] },
          status: ['attributes.status', 'status'],
          disabled: ['attributes.disabled', 'disabled'],
          email: ['attributes.user_email', 'user_email', 'customer_email', 'email'],
          name: ['attributes.user_name', 'user_name', 'customer_name', 'name'],
          customerId: ['attributes.customer_id', 'customer_id'],
          product: ['attributes.product_id', 'product_id', 'product'],
          productName: ['product_name', 'product'],
          order: ['attributes.order_id', 'order_id', 'order_number'],
          createdAt: ['attributes.created_at', 'created_at'],
          expiresAt: ['attributes.expires_at', 'expires_at'],
          activationLimit: ['attributes.activation_limit', 'activation_limit'],
          configurationElsewhere: ['attributes.variant_id', 'variant_id'],
          organizationElsewhere: ['attributes.store_id', 'store_id'],
        },
      },
      activations: {
        signs: [
          ['attributes.license_key_id', 'attributes.identifier'],
          ['license_key_id', 'identifier', 'name'],
        ],
        columns: {
          activationOf: ['attributes.license_key_id', 'license_key_id'],
          // What software sends as instance_id; the resource has a number besides.
          activationId: ['attributes.identifier', 'identifier'],
          activationExternalId: ['id'],
          activationLabel: ['attributes.name', 'name'],
          activationCreatedAt: ['attributes.created_at', 'created_at'],
        },
      },
    },
    // There it means: good, but on no device yet.
    answers: { zeroDevices: 'unlimited', inactive: 'granted' },
    harmless: ['attributes.status_formatted', 'status_formatted', 'attributes.test_mode', 'test_mode', 'updated_at'],
    empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
  },

  gumroad: {
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
      ...[
        'pre_order_authorization_time_utc_timezone',
        'purchase_date',
        'ended',
        'cancelled',
        'dead',
        'paid',
        'shipped',
      ],
      ...[
        'chargebacked',
        'chargedback',
        'card.expiry_month',
        'card.expiry_year',
        'subscription_duration',
        'recurrence',
      ],
      ...['subscription_ended_at', 'purchase_time_utc_timezone', 'paypal_refund_expired', 'preorder_cancelled'],
    ],
    linePerPayment: true,
    // Most sales have none, and the last line holds the sums.
    skipsWithoutKey: true,
  },

  keygen: {
    types: { licenses: 'keys', machines: 'activations', users: 'people' },
    shapes: {
      keys: {
        signs: [['attributes.key', 'attributes.maxMachines']],
        columns: {
          ...{ key: ['attributes.key'], id: ['id'], status: ['attributes.status'], disabled: ['attributes.suspended'] },
          email: [
            'attributes.metadata.email',
            'attributes.metadata.customerEmail',
            'attributes.metadata.customer_email',
          ],
          name: ['attributes.metadata.name', 'attributes.metadata.customerName', 'attributes.name'],
          customerId: ['relationships.owner.data.id', 'relationships.user.data.id'],
          product: ['relationships.product.data.id'],
          createdAt: ['attributes.created'],
          expiresAt: ['attributes.expiry'],
          activationLimit: ['attributes.maxMachines'],
          usageLimit: ['attributes.maxUses'],
          usage: ['attributes.uses'],
          lastValidatedAt: ['attributes.lastValidated'],
        },
      },
      activations: {
        signs: [['attributes.fingerprint', 'relationships.license.data.id']],
        columns: {
          activationOf: ['relationships.license.data.id'],
          ...{ activationId: ['id'], activationLabel: ['attributes.name', 'attributes.hostname'] },
          fingerprint: ['attributes.fingerprint'],
          activationCreatedAt: ['attributes.created'],
          meta: ['attributes.metadata'],
        },
      },
      people: {
        signs: [['attributes.email', 'attributes.role']],
        columns: { personId: ['id'], email: ['attributes.email'], name: ['attributes.fullName'] },
      },
    },
    // There it means: not heard of lately.
    answers: { zeroDevices: 'unlimited', inactive: 'granted' },
    harmless: [
      ...['attributes.nextCheckIn', 'attributes.lastCheckIn', 'attributes.lastCheckOut', 'attributes.updated'],
      ...['attributes.protected', 'attributes.floating', 'attributes.strict', 'attributes.encrypted'],
      ...['attributes.requireHeartbeat', 'attributes.requireCheckIn', 'attributes.concurrent'],
    ],
    empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
  },

  custom: {
    shapes: {
      keys: {
        signs: [],
        columns: {
          key: [
            ...['license_key', 'licence_key', 'key', 'serial_number', 'serial', 'license', 'licence', 'code'],
            ...['key_string', 'product_key', 'activation_code', 'activation_key', 'license_code', 'registration_key'],
            ...['lizenzschlussel', 'lizenzschluessel', 'lizenz', 'schlussel', 'schluessel', 'seriennummer'],
            ...['lizenznummer', 'lizenzcode', 'lizenzkey', 'produktschlussel', 'produktschluessel'],
            ...['cle_de_licence', 'cle_licence', 'cle', 'numero_de_serie', 'code_de_licence'],
            ...['clave_de_licencia', 'clave', 'licencia', 'chiave_di_licenza', 'chiave', 'licenza', 'codice_licenza'],
            ...['licentiesleutel', 'licentie', 'sleutel', 'chave_de_licenca', 'chave', 'licenca'],
          ],
          email: [
            ...['customer_email', 'user_email', 'buyer_email', 'email', 'e_mail', 'email_address', 'mail'],
            ...['customer_e_mail', 'e_mail_address', 'owner_email', 'licensee_email', 'billing_email', 'contact_email'],
            ...['mailadresse', 'e_mail_adresse', 'email_adresse', 'kunden_e_mail', 'kunden_email', 'kundenemail'],
            ...['courriel', 'adresse_e_mail', 'adresse_email', 'adresse_mail', 'e_mail_du_client', 'mel'],
            ...['correo', 'correo_electronico', 'correo_del_cliente', 'posta_elettronica', 'indirizzo_e_mail'],
            ...['indirizzo_email', 'e_mailadres', 'emailadres', 'e_mail_do_cliente', 'correio_eletronico'],
          ],
          name: [
            ...['customer_name', 'full_name', 'user_name', 'buyer_name', 'customer', 'name', 'licensee', 'owner'],
            ...['kundenname', 'kunde', 'nom_du_client', 'nom', 'client', 'nombre_del_cliente', 'nombre', 'cliente'],
            ...['nome_cliente', 'nome', 'klantnaam', 'klant', 'naam', 'nome_do_cliente'],
          ],
          customerId: ['customer_id', 'user_id', 'kundennummer', 'kunden_id', 'numero_client', 'klantnummer'],
          configuration: [
            'configuration',
            'key_configuration',
            'policy',
            'plan',
            'benefit',
            'license_type',
            'lizenztyp',
          ],
          product: [
            ...['product', 'product_name', 'product_id', 'item', 'item_name', 'download', 'software'],
            ...['produkt', 'produktname', 'artikel', 'produit', 'nom_du_produit', 'producto', 'prodotto', 'produto'],
          ],
          productName: ['product_name', 'produktname'],
          order: [
            ...['order', 'order_number', 'order_id', 'order_reference', 'reference', 'invoice', 'purchase_id'],
            ...['payment_id', 'transaction_id', 'bestellnummer', 'bestellung', 'auftragsnummer', 'rechnungsnummer'],
            ...['numero_de_commande', 'commande', 'numero_de_pedido', 'pedido', 'numero_ordine', 'ordine'],
            ...['bestelnummer', 'bestelling', 'numero_do_pedido'],
          ],
          status: [
            ...['status', 'license_status', 'licence_status', 'key_status', 'license_key_status', 'license_state'],
            ...['licence_state', 'key_state', 'activation_status', 'current_status', 'subscription_status'],
            ...['state', 'active', 'is_active', 'enabled', 'is_enabled', 'valid', 'is_valid', 'license_key_enabled'],
            ...['lizenzstatus', 'zustand', 'aktiv', 'gueltig', 'gultig', 'statut', 'etat', 'statut_de_la_licence'],
            ...['actif', 'estado', 'estado_de_la_licencia', 'activo', 'stato', 'stato_licenza', 'attivo'],
            ...['licentiestatus', 'actief', 'situacao', 'ativo', 'estado_da_licenca'],
          ],
          disabled: [
            ...['disabled', 'is_disabled', 'suspended', 'is_suspended', 'blocked', 'is_blocked', 'inactive', 'paused'],
            ...['locked', 'banned', 'gesperrt', 'deaktiviert', 'desactive', 'bloque', 'deshabilitado', 'disattivato'],
          ],
          revoked: [
            ...[
              'revoked',
              'is_revoked',
              'refunded',
              'is_refunded',
              'fully_refunded',
              'cancelled',
              'canceled',
              'voided',
            ],
            ...['widerrufen', 'erstattet', 'storniert', 'revoque', 'rembourse', 'revocado', 'reembolsado', 'revocato'],
            ...['rimborsato', 'ingetrokken', 'terugbetaald', 'revogado'],
          ],
          disputed: ['disputed', 'chargebacked', 'chargedback', 'charged_back', 'chargeback'],
          disputeWon: ['dispute_won'],
          createdAt: [
            ...['created_at', 'created', 'issued_at', 'issued', 'date', 'purchase_date', 'purchased_at', 'order_date'],
            ...['date_created', 'created_on', 'issue_date', 'date_issued', 'date_purchased', 'creation_date'],
            ...['creationdate', 'start_date', 'erstellt', 'erstellt_am', 'erstelldatum', 'kaufdatum', 'bestelldatum'],
            ...[
              'datum',
              'date_de_creation',
              'date_d_achat',
              'cree_le',
              'fecha',
              'fecha_de_creacion',
              'fecha_de_compra',
            ],
            ...['data_di_creazione', 'data_acquisto', 'aangemaakt', 'aankoopdatum', 'data_de_criacao'],
          ],
          expiresAt: [
            ...['expires_at', 'expires', 'expiry', 'expiry_date', 'expiration', 'expiration_date', 'valid_until'],
            ...['expires_on', 'expire_date', 'expiry_at', 'expired_at', 'expire', 'expire_at', 'exp', 'exp_date'],
            ...[
              'date_expires',
              'date_expiry',
              'date_expired',
              'expirydate',
              'expirationdate',
              'expiresat',
              'validuntil',
            ],
            ...['license_expiry', 'license_expires', 'license_expiration', 'license_expires_at', 'licence_expiry'],
            ...[
              'valid_to',
              'valid_till',
              'valid_thru',
              'valid_through',
              'valid_upto',
              'validto',
              'good_until',
              'until',
            ],
            ...['end_date', 'date_end', 'ends_at', 'ends_on', 'enddate', 'ended_at', 'license_end'],
            ...['license_end_date', 'access_until', 'active_until', 'subscription_end', 'subscription_end_date'],
            ...['subscription_ends_at', 'period_end', 'current_period_end', 'paid_until', 'term_end'],
            ...['renewal_date', 'renews_at', 'renews_on', 'renew_date', 'next_renewal', 'next_renewal_date'],
            ...['next_billing_date', 'next_payment_date'],
            ...['ablaufdatum', 'lauft_ab', 'laeuft_ab', 'lauft_ab_am', 'laeuft_ab_am', 'ablauf', 'gultig_bis'],
            ...['gueltig_bis', 'gultigkeit', 'gueltigkeit', 'enddatum', 'ende', 'bis', 'verlangerung', 'endet_am'],
            ...['date_d_expiration', 'expire_le', 'valable_jusqu_au', 'valable_jusqu_a', 'date_de_fin', 'fin'],
            ...['date_d_echeance', 'echeance', 'date_de_renouvellement', 'fecha_de_vencimiento', 'vencimiento'],
            ...['fecha_de_caducidad', 'caducidad', 'caduca', 'valido_hasta', 'fecha_de_expiracion', 'fecha_fin'],
            ...['data_di_scadenza', 'scadenza', 'valido_fino_al', 'valida_fino_al', 'data_scadenza', 'scade_il'],
            ...['vervaldatum', 'verloopdatum', 'geldig_tot', 'einddatum', 'verloopt_op', 'data_de_validade'],
            ...['validade', 'valido_ate', 'data_de_expiracao', 'expira_em', 'data_de_vencimento'],
          ],
          activationLimit: [
            ...[
              'activation_limit',
              'activations_limit',
              'limit_activations',
              'max_activations',
              'max_machines',
              'seats',
            ],
            ...['device_limit', 'max_devices', 'maximum_activations', 'allowed_activations', 'max_allowed_domains'],
            ...['site_limit', 'sites_limit', 'max_sites', 'max_instances', 'times_activated_max', 'timesactivatedmax'],
            ...['maxactivations', 'activationlimit', 'instances_limit'],
            ...['gerate', 'geraete', 'gerate_limit', 'maximale_aktivierungen', 'aktivierungen_max', 'arbeitsplatze'],
            ...['limite_d_activations', 'limite_de_activaciones', 'limite_attivazioni', 'activatielimiet'],
          ],
          usageLimit: ['usage_limit', 'limit_usage', 'max_uses'],
          usage: ['usage', 'uses', 'used'],
          validations: ['validations', 'validation_count'],
          lastValidatedAt: ['last_validated_at', 'last_validated', 'last_seen'],
          note: ['note', 'notes', 'comment', 'comments', 'notiz', 'bemerkung', 'remarque', 'nota'],
          id: ['id', 'license_id', 'license_key_id', 'key_id', 'uuid'],
          externalId: ['external_id'],
          activations: ['activations', 'devices', 'instances', 'machines'],
          ...device,
        },
      },
      activations: {
        signs: [
          ['license_key_id', 'label'],
          ['license_key', 'activation_id'],
          ['license_key_id', 'fingerprint'],
        ],
        columns: {
          activationOf: ['license_key', 'licence_key', 'key', 'license_key_id', 'license_id', 'key_id'],
          ...device,
          activationId: [...device.activationId, 'id', 'identifier'],
          activationLabel: [...device.activationLabel, 'label', 'name'],
          activationCreatedAt: [...device.activationCreatedAt, 'created_at', 'created'],
        },
      },
      people: {
        signs: [],
        columns: {
          personId: ['customer_id', 'id'],
          email: ['customer_email', 'email'],
          name: ['customer_name', 'name'],
        },
      },
    },
  },
}

/** A vendor's habits that no column says. */
export function habitsOf({ source, zeroDevices, inactive }: ImportSettings): Habits {
  const { empty, skipsWithoutKey, linePerPayment } = readyMappings[source]
  return {
    zeroDevices: zeroDevices ?? null,
    inactive: inactive ?? null,
    empty: { activationLimit: 'configuration', usageLimit: 'configuration', expiresAt: 'never', ...empty },
    skipsWithoutKey: skipsWithoutKey ?? false,
    linePerPayment: linePerPayment ?? false,
  }
}

/** What the two words that differ most mean in a vendor's exports; null where it is not known. */
export const answersOf = (source: ImportSource): Pick<ImportSettings, 'zeroDevices' | 'inactive'> => ({
  zeroDevices: null,
  inactive: null,
  ...readyMappings[source].answers,
})

/** Column names as they are compared: without case, accents and punctuation. */
export const plainName = (name: string): string =>
  name
    .slice(0, 200)
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
const plain = plainName

let known: Set<string> | undefined

/** True for a name that columns of keys, devices or people have somewhere. */
export function isKnownColumn(name: string): boolean {
  known ??= new Set(
    Object.values(readyMappings)
      .flatMap(({ shapes }) => Object.values(shapes))
      .flatMap(({ columns }) => Object.values(columns).flat().map(plain)),
  )
  return known.has(plain(name))
}

/** Whose export has these columns, and which part of it; a table nobody knows is one of keys. */
export function recogniseColumns(columns: readonly string[]): { source: ImportSource; kind: RecordKind } {
  const there = new Set(columns.map(plain))
  // Where people are named, keys are.
  const namesPeople = readyMappings.custom.shapes.keys?.columns.email?.some((name) => there.has(name)) ?? false
  for (const [source, { shapes }] of Object.entries(readyMappings) as [ImportSource, ReadyMapping][]) {
    for (const [kind, shape] of Object.entries(shapes) as [RecordKind, Shape][]) {
      if (kind === 'activations' && namesPeople) continue
      if (shape.signs.some((signs) => signs.every((name) => there.has(plain(name))))) return { source, kind }
    }
  }
  return { source: 'custom', kind: 'keys' }
}

const isState = (name: string): boolean =>
  ['state', 'estado', 'stato', 'etat', 'zustand', 'situacao'].includes(plain(name))

/** The columns a source's fields stand in, as far as they are there; of several those that are not empty come first. */
export function columnsFor(
  source: ImportSource,
  kind: RecordKind,
  columns: readonly { name: string; samples: readonly string[] }[],
): Columns {
  const byName = new Map(columns.toReversed().map((column) => [plain(column.name), column]))
  const shape = readyMappings[source].shapes[kind] ?? readyMappings.custom.shapes[kind]
  const found: Columns = {}
  for (const [field, names] of Object.entries(shape?.columns ?? {})) {
    const there = names
      .flatMap((each) => byName.get(plain(each)) ?? [])
      // A state may be a county, too: its words tell.
      .filter(({ name, samples }) => !(field === 'status' && isState(name)) || samples.some((word) => readStatus(word)))
    const column = there.find((each) => each.samples.length > 0) ?? there[0]
    if (column) found[field as ImportField] = column.name
  }
  return found
}
