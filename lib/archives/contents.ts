// What an archive of an organization has of every table and column, and what it leaves out. A test holds this against schema.prisma.

/** How rows of a table `t` are found that are the organization's: $1 is its id. */
const own = 't.organization_id = $1'
const ofKeys = 't.license_key_id IN (SELECT id FROM license_keys WHERE organization_id = $1)'
const ofPurchases = 't.purchase_id IN (SELECT id FROM purchases WHERE organization_id = $1)'
const ofStores = 't.connection_id IN (SELECT id FROM store_connections WHERE organization_id = $1)'

/** Columns that are opened for whoever reads the archive; each becomes a field of that name in its place. */
export type Opened = 'key' | 'delivery'

export type Content = {
  /** The file, without its ending. */
  file: string
  about: string
  columns: string
  of: string
  /** Rows come in this order. */
  order: string
  /** Columns of other tables, and what they are joined by. */
  more?: { columns: string; join: string }
  /** A sealed column, and as what it is opened. */
  opened?: { column: string; as: Opened }
  /** Columns that are not in it, and why. */
  left?: Record<string, string>
}

const secret = 'a secret, or a hash of one'
const computed = 'follows from what is there'
const ofWork = 'says which process is at work'
const peoples = 'of people, who have it in other organizations too; names and addresses of members are in members'
const passing = 'gone within a day'
const ofServer = 'of the whole server'

/** By table: what becomes a file, or why nothing does. */
export const contents: Record<string, Content | string> = {
  organizations: {
    ...{
      file: 'organization',
      about: 'Name, addresses, time zone and what holds for all',
      of: 't.id = $1',
      order: 'id',
    },
    columns: `id number external_ids slug name support_email website_url security_log_months history_months time_zone
      require_two_step sign_in_ways deletion_due_at created_at`,
  },
  memberships: {
    ...{ file: 'members', about: 'Who belongs to it, as what', of: own, order: 'user_id' },
    columns: 'organization_id user_id role created_at last_used_at',
    more: { columns: 'u.email, u.name, u.two_step_at', join: 'JOIN users u ON u.id = t.user_id' },
  },
  invitations: {
    ...{ file: 'invitations', about: 'Who is asked to join', of: own, order: 'id' },
    columns: 'id organization_id email role invited_by invited_by_id only_mailed created_at expires_at',
    left: { token_hash: secret },
  },
  founded_organizations: peoples,
  former_slugs: {
    ...{ file: 'former-addresses', about: 'Slugs it had before', of: own, order: 'slug' },
    columns: 'slug organization_id left_at',
  },
  support_settings: {
    ...{ file: 'support-settings', about: 'How far support may go', of: own, order: 'organization_id' },
    columns: 'organization_id extend_days more_devices sees_keys',
  },
  api_keys: {
    ...{ file: 'api-keys', about: 'Which programs may act for it; no tokens', of: own, order: 'id' },
    columns: `id organization_id name last_characters scopes expires_at revoked_at last_used_at created_by created_by_id
      created_at`,
    left: { token_hash: secret },
  },
  products: {
    ...{ file: 'products', about: 'What is sold', of: own, order: 'id' },
    columns: `id number external_ids metadata organization_id name description takes_over archived_at created_at
      updated_at`,
  },
  product_key_configurations: {
    ...{ file: 'product-key-configurations', about: 'Which configurations each product grants' },
    of: 't.product_id IN (SELECT id FROM products WHERE organization_id = $1)',
    ...{ order: 'product_id, key_configuration_id', columns: 'product_id key_configuration_id' },
  },
  key_configurations: {
    ...{ file: 'key-configurations', about: 'How keys are made and behave', of: own, order: 'id' },
    columns: `id number external_ids organization_id name prefix format expiry_kind expires_on duration_count
      duration_unit expiry_start ends_with_day grace_days expiry_reminder_days activations_mode activation_limit
      activation_required usage_limit usage_reset instructions customer_may_deactivate customer_may_rename
      customer_may_replace version entitlements archived_at created_at updated_at`,
  },
  customers: {
    ...{ file: 'customers', about: 'Who bought', of: own, order: 'id' },
    columns:
      'id number external_id metadata organization_id email name erased_at address_chosen_at created_at updated_at',
    left: { folded: computed },
  },
  customer_notes: {
    ...{ file: 'customer-notes', about: 'What members wrote about customers', of: own, order: 'created_at, id' },
    columns: 'id organization_id customer_id text author_id author_label created_at edited_at edited_by',
    left: { folded: computed },
  },
  customer_erasures: {
    ...{ file: 'customer-erasures', about: 'Whose personal data was deleted', of: own, order: 'id' },
    columns: 'id organization_id customer_id created_at finished_at',
    left: { sought: 'what is to be forgotten' },
  },
  customer_settings: {
    ...{ file: 'customer-settings', about: 'What customers may do for themselves', of: own, order: 'organization_id' },
    columns: 'organization_id may_rotate may_hand_on cooldown_hours releases_a_year',
  },
  purchases: {
    ...{ file: 'purchases', about: 'Orders and subscriptions', of: own, order: 'id' },
    columns: `id number organization_id customer_id product_id kind source status reasons ended_by_hand reference
      quantity metadata purchased_at created_at state store is_test paid_through ends_at grace_until changes_at`,
  },
  purchase_units: {
    ...{
      file: 'purchase-keys',
      about: 'Which keys a purchase gave',
      of: ofPurchases,
      order: 'purchase_id, slot, unit',
    },
    columns: `purchase_id slot unit license_key_id activation_limit is_surplus key_configuration_id product_id
      expires_at`,
  },
  passed_keys: {
    ...{ file: 'passed-keys', about: 'Keys that went on with a later purchase', of: ofKeys },
    order: 'license_key_id, from_id',
    columns: `license_key_id from_id to_id slot unit product_id key_configuration_id expires_at expiry_overridden
      expiry_day former_ids usage usage_period_start passed_at`,
  },
  license_keys: {
    ...{
      file: 'license-keys',
      about: 'Keys',
      of: own,
      order: 'created_at, id',
      opened: { column: 'key_cipher', as: 'key' },
    },
    columns: `id number external_id organization_id key_configuration_id product_id customer_id purchase_id import_id
      key_is_normal prefix last_characters status revoked_for held switched_off expires_at expiry_overridden expiry_day
      grace_days_override ended_for reminded_for reminded_days activations_mode_override activation_limit_override
      new_devices_blocked usage_overridden usage_limit_override usage usage_period_start validations last_validated_at
      first_activated_at note metadata tags created_at updated_at former_ids`,
    left: { key_hash: computed, folded_hash: computed, note_folded: computed },
  },
  old_key_strings: {
    ...{ file: 'replaced-key-strings', about: 'Strings that keys had before', of: ofKeys },
    ...{ order: 'license_key_id, rotated_at', opened: { column: 'key_cipher', as: 'key' } },
    columns: 'last_characters license_key_id rotated_at valid_until',
    left: { key_hash: computed, folded_hash: computed },
  },
  key_offers: {
    ...{ file: 'key-offers', about: 'Keys that customers hand on', of: own, order: 'id' },
    columns: 'id organization_id license_key_id customer_id to created_at expires_at ended_at is_taken',
    left: { token_hash: secret },
  },
  support_extensions: {
    ...{ file: 'support-extensions', about: 'Ends of keys that support put off', of: own, order: 'license_key_id' },
    columns: 'license_key_id organization_id counts_from reached',
  },
  activations: {
    ...{ file: 'devices', about: 'Activations, also those that ended', of: own, order: 'created_at, id' },
    columns: `id number external_id organization_id license_key_id label fingerprint conditions meta validations
      last_validated_at created_at modified_at deactivated_at awaited_until`,
    left: { folded: computed },
  },
  device_releases: {
    ...{ file: 'device-releases', about: 'Places that customers freed', of: own, order: 'id' },
    columns: 'id organization_id license_key_id activation_id released_at',
  },
  device_questions: {
    ...{ file: 'device-questions', about: 'Owners who were asked about their devices', of: own, order: 'id' },
    columns: 'id license_key_id organization_id customer_id asked_at expires_at answered_at',
  },
  device_answers: {
    ...{ file: 'device-answers', about: 'What they answered', of: ofKeys, order: 'activation_id' },
    columns: 'activation_id license_key_id answer answered_at',
  },
  saved_views: {
    ...{ file: 'saved-views', about: 'Views of the list of keys', of: own, order: 'id' },
    columns: 'id organization_id name query sort dir is_default created_by created_at updated_at',
  },
  events: {
    ...{ file: 'events', about: 'The history, with the security log', of: own, order: 'at, id' },
    columns: `id organization_id type at actor_kind actor_id actor_label address device license_key_id activation_id
      customer_id product_id key_configuration_id purchase_id data batch_id`,
    left: { position: 'names a transaction of this server' },
  },
  mails: {
    ...{
      file: 'mails',
      about: 'What was mailed to whom, and when; not what it said',
      of: own,
      order: 'created_at, id',
    },
    columns: `id organization_id license_key_id purchase_id template to about status attempts last_error smtp_code
      due_at created_at sent_at link_used_at`,
    left: { payload: 'may hold keys and ways to sign in' },
  },
  mail_settings: {
    ...{ file: 'mail-settings', about: 'How mails look, with the logo', of: own, order: 'organization_id' },
    columns: 'organization_id name color reply_to support logo logo_type logo_width logo_height switches',
  },
  mail_texts: {
    ...{
      file: 'mail-texts',
      about: 'Texts of your own',
      of: own,
      order: 'mail',
      columns: 'organization_id mail subject intro',
    },
  },
  mail_stops: {
    ...{ file: 'mail-stops', about: 'Who wants no reminders', of: own, order: 'email' },
    columns: 'organization_id email stopped_at',
  },
  store_connections: {
    ...{ file: 'stores', about: 'Connected stores; no secrets', of: own, order: 'id' },
    columns: `id organization_id store mode name access_tried_at access_problem settings off_at refusals last_refusal
      last_refused_at refused_since first_delivery_at last_delivery_at reconciled_at reconcile_due_at created_at`,
    left: { token_hash: secret, token: secret, secrets: secret, credential: secret },
  },
  store_products: {
    ...{
      file: 'store-products',
      about: 'What stores sell, and what that is here',
      of: ofStores,
      order: 'connection_id, ref',
    },
    columns: 'connection_id ref name product_id is_ignored quantity_is first_seen_at',
  },
  store_lines: {
    ...{
      file: 'store-lines',
      about: 'Lines of orders, as stores said',
      of: ofStores,
      order: 'connection_id, ref, line',
    },
    columns: 'connection_id ref line register waits_for purchase_id changed_at',
  },
  store_payments: {
    ...{ file: 'store-payments', about: 'Payments, as stores said', of: ofStores, order: 'connection_id, payment' },
    columns: 'connection_id payment ref names register',
  },
  store_refunds: {
    ...{ file: 'store-refunds', about: 'Refunds, as stores said', of: ofStores, order: 'connection_id, refund' },
    columns: 'connection_id refund payment register',
  },
  store_disputes: {
    ...{ file: 'store-disputes', about: 'Disputes, as stores said', of: ofStores, order: 'connection_id, dispute' },
    columns: 'connection_id dispute payment register',
  },
  store_customers: {
    ...{ file: 'store-customers', about: 'Buyers, as stores said', of: ofStores, order: 'connection_id, customer' },
    columns: 'connection_id customer register customer_id applied_email',
  },
  store_deliveries: {
    ...{ file: 'store-deliveries', about: 'What stores sent, as it came, without headers', of: ofStores },
    ...{ order: 'connection_id, received_at, id', opened: { column: 'content', as: 'delivery' } },
    columns: `id connection_id key type state outcome attempts due_at occurred_at received_at handled_at
      failure_told_at`,
  },
  store_reconciliations: {
    ...{ file: 'store-readings', about: 'When orders were read from stores', of: ofStores, order: 'id' },
    columns: `id connection_id state asked_by since read mended waiting report problem created_at heard_at ended_at`,
  },
  store_troubles: {
    ...{ file: 'store-troubles', about: 'What owners were told of stores', of: ofStores },
    ...{ order: 'connection_id, trouble', columns: 'connection_id trouble told_at told over_at' },
  },
  webhook_endpoints: {
    ...{ file: 'webhook-endpoints', about: 'Where events are sent; no secrets and no headers', of: own, order: 'id' },
    columns: `id organization_id url description types format version has_key_strings disabled_at disabled_reason
      failing_since paused_until last_sent_at removed_at created_at updated_at`,
    left: { secrets: secret, headers: secret },
  },
  webhook_messages: {
    ...{ file: 'webhook-messages', about: 'Events on their way, and how they were answered', of: own },
    order: 'created_at, id',
    columns: `id number organization_id endpoint_id event_id type license_key_id state attempts due_at last_status
      last_error created_at settled_at`,
    left: { body: 'follows from the event, and may hold a key', lease: ofWork },
  },
  webhook_attempts: {
    ...{ file: 'webhook-attempts', about: 'Each try to send one', order: 'message_id, number' },
    of: 't.message_id IN (SELECT id FROM webhook_messages WHERE organization_id = $1)',
    columns: 'message_id number at duration_ms status error answer',
  },
  imports: {
    ...{ file: 'imports', about: 'Imports, and how they went', of: own, order: 'id' },
    columns: `id organization_id status files position total counts failure actor_kind actor_id actor_label created_at
      started_at finished_at`,
    left: { settings: 'names of columns; may hold a line with keys', runner: ofWork, heartbeat_at: ofWork },
  },
  import_problems: {
    ...{ file: 'import-problems', about: 'Lines that were not imported', order: 'import_id, number' },
    of: 't.import_id IN (SELECT id FROM imports WHERE organization_id = $1)',
    columns: 'import_id number file line key message',
  },
  bulk_changes: {
    ...{ file: 'bulk-changes', about: 'What was done to many keys at once', of: own, order: 'id' },
    columns: `id organization_id origin action reason status total counts failure as_support actor_kind actor_id
      actor_label undo_id undone_by undone_at created_at finished_at`,
    left: { runner: ofWork, heartbeat_at: ofWork },
  },
  bulk_change_keys: {
    ...{ file: 'bulk-change-keys', about: 'Each key of it: before and after', order: 'bulk_change_id, position' },
    of: 't.bulk_change_id IN (SELECT id FROM bulk_changes WHERE organization_id = $1)',
    columns: 'bulk_change_id position license_key_id outcome was became changed_at note',
  },
  license_calls: {
    ...{
      file: 'license-calls',
      about: 'Calls of the last week: every no, some yeses',
      of: own,
      order: 'written_at, id',
    },
    columns: `id organization_id written_at at verb code stands_for license_key_id activation_id device fingerprint
      address dialect app duration_us`,
  },
  validation_hours: {
    ...{ file: 'validations-by-hour', about: 'How many validations had which answer', of: own, order: 'hour, code' },
    columns: 'organization_id hour code count',
  },
  validation_days: {
    ...{
      file: 'validations-by-key',
      about: 'Validations of each key by day; those of more than 35 days ago by week, under its Monday',
      of: ofKeys,
      order: 'license_key_id, day',
    },
    columns: 'license_key_id day valid refused deviceless',
  },
  validation_refusals: {
    ...{ file: 'refusals-by-key', about: 'Refused validations of each key by day', of: own },
    ...{
      order: 'license_key_id, day, code',
      columns: 'license_key_id day code organization_id count last_at told told_at',
    },
  },
  call_refusals: {
    ...{ file: 'call-refusals', about: 'Refused calls, and what their rule looked at', of: own },
    order: 'subject, hour, code, verb, device',
    columns: `organization_id subject hour code verb device license_key_id label address looked_at count first_at
      last_at`,
  },
  troubles: {
    ...{ file: 'troubles', about: 'What refused calls add up to', of: own, order: 'subject, code, device' },
    columns: `organization_id subject code device license_key_id verb label address looked_at count since last_at`,
  },
  trouble_snoozes: {
    ...{ file: 'trouble-snoozes', about: 'Troubles that were put aside', of: own, order: 'subject, code' },
    columns: 'organization_id subject code until devices count at by',
  },
  usage_marks: {
    ...{
      file: 'usage-marks',
      about: 'Keys that came near their usage limit',
      of: ofKeys,
      order: 'license_key_id, percent',
    },
    columns: 'license_key_id percent period_start usage usage_limit reached_at is_told',
  },
  sightings: {
    ...{ file: 'sightings', about: 'Devices and networks of keys by day, hashed', of: own },
    order: 'license_key_id, day, device, network',
    columns: `license_key_id day device network organization_id area prefix kind country owner hours yes no full`,
  },
  key_risks: {
    ...{ file: 'key-risks', about: 'How much keys look misused, and why', of: own, order: 'license_key_id' },
    columns: `license_key_id organization_id score level evidence excused excused_by excused_at uncounted due_at
      assessed_at since`,
  },
  misuse_settings: {
    ...{ file: 'misuse-settings', about: 'What you said about misuse', of: own, order: 'organization_id' },
    columns: 'organization_id address_days fine acted asks_alone blocks_alone',
  },
  misuse_policies: {
    ...{ file: 'misuse-policies', about: 'Whom configurations are sold to', of: own, order: 'key_configuration_id' },
    columns: 'key_configuration_id organization_id audience seats',
  },

  users: peoples,
  account_links: peoples,
  address_moves: peoples,
  sessions: peoples,
  authenticators: peoples,
  recovery_codes: peoples,
  verification_tokens: peoples,
  passkeys: peoples,
  linked_sign_ins: peoples,
  passkey_challenges: peoples,
  rate_limits: ofServer,
  api_answers: passing,
  idempotency_keys: passing,
  customer_sessions: passing,
  device_requests: passing,
  import_parts: 'files that wait to be imported, which whoever uploaded them has',
  event_clock: ofServer,
  key_ends_clock: ofServer,
  key_counts: computed,
  device_counts: computed,
  secret_versions: ofServer,
  secret_holders: ofServer,
  archives: 'archives like this one; that they were made is in the history',
  archive_parts: 'archives like this one',
}

/** The names of a content's columns. */
export const columnsOf = ({ columns }: Content): string[] => columns.split(/\s+/).filter(Boolean)

/** Everything that becomes a file, with its table. */
export const files: ({ table: string } & Content)[] = Object.entries(contents).flatMap(([table, content]) =>
  typeof content === 'string' ? [] : [{ table, ...content }],
)
