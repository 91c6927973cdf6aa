// What becomes of every text that this database can hold when a customer's personal data is deleted. A test asks for new columns.

/**
 * `emptied`: in the customer's own rows it becomes empty or neutral. `row`: their rows are deleted. `searched`: in all rows of the
 * organization address and full name are taken out. `opened`: sealed; opened, and emptied where it names them. `account`: goes with the
 * person's own account, which is deleted unless they are somebody elsewhere on this server, too. Everything else is kept, and says why.
 */
export type Fate = 'emptied' | 'row' | 'searched' | 'opened' | 'account' | { kept: string }

const kept = (why: string) => ({ kept: why })
const closed = kept('one of our own words, or a number')
const secret = kept('random, or a hash of what is random')
const merchants = kept('the merchant’s own, about nobody in particular')
const member = kept('of members of organizations, who are no customers')
const order = kept('names the order, which books and refunds need')

/** By table and column. */
export const fates: Record<string, Record<string, Fate>> = {
  users: { email: 'account', name: 'account', password_hash: 'account', language: 'account' },
  account_links: { token_hash: 'account', kind: 'account', email: 'account' },
  sessions: { address: 'account', device: 'account', how: 'account' },
  authenticators: { secret: 'account' },
  recovery_codes: { code_hash: 'account' },
  verification_tokens: { identifier: 'account', token: 'account', request: 'account', code_hash: 'account' },
  rate_limits: { key: kept('a keyed hash; forgotten within a day') },
  passkeys: { credential_id: 'account', public_key: 'account', transports: 'account', name: 'account' },
  linked_sign_ins: { provider: 'account', issuer: 'account', subject: 'account', label: 'account' },
  passkey_challenges: { challenge_hash: secret },
  organizations: {
    ...{ external_ids: merchants, slug: merchants, name: merchants, support_email: merchants },
    ...{ website_url: merchants, time_zone: merchants, sign_in_ways: closed },
  },
  former_slugs: { slug: merchants },
  invitations: { email: member, token_hash: secret, invited_by: member },
  api_keys: { name: merchants, token_hash: secret, last_characters: secret, scopes: closed, created_by: member },
  api_answers: { idempotency_key: secret, request_hash: secret, answer: 'opened' },
  products: { external_ids: merchants, metadata: merchants, name: merchants, description: merchants },
  key_configurations: {
    ...{ external_ids: merchants, name: merchants, prefix: merchants, instructions: merchants },
    ...{ version: merchants, entitlements: merchants },
  },
  customers: { external_id: 'emptied', metadata: 'emptied', email: 'emptied', name: 'emptied', folded: 'emptied' },
  // Those about them are deleted at once; those about others may name them.
  customer_notes: { text: 'searched', folded: 'searched', author_label: member, edited_by: member },
  customer_sessions: { token_hash: 'row' },
  customer_erasures: { sought: kept('sealed, and empty when the search is over') },
  purchases: { reference: order, metadata: 'emptied', state: closed, store: closed },
  passed_keys: { former_ids: merchants },
  store_connections: {
    ...{ store: closed, name: merchants, token_hash: secret, token: merchants, secrets: merchants },
    ...{ credential: merchants, access_problem: merchants, settings: merchants, last_refusal: closed },
  },
  store_reconciliations: { asked_by: member, report: 'searched', problem: 'searched' },
  store_deliveries: { key: order, type: closed, content: 'opened', outcome: 'searched' },
  store_troubles: { trouble: closed },
  store_products: { ref: merchants, name: merchants },
  store_lines: { ref: order, line: order, register: 'emptied', waits_for: closed },
  store_payments: { payment: order, ref: order, names: order, register: 'searched' },
  store_refunds: { refund: order, payment: order, register: 'searched' },
  store_disputes: { dispute: order, payment: order, register: 'searched' },
  store_customers: {
    customer: kept('the store’s own id of the person: without it the store would bring them back'),
    ...{ register: 'emptied', applied_email: 'emptied' },
  },
  license_keys: {
    ...{ external_id: kept('names the key, which goes on working'), key_hash: kept('the key goes on working') },
    ...{ folded_hash: kept('the key goes on working'), key_cipher: kept('the key goes on working') },
    ...{ prefix: merchants, last_characters: kept('the key goes on working') },
    ...{ note: 'emptied', note_folded: 'emptied', metadata: 'emptied', tags: 'searched', former_ids: merchants },
  },
  old_key_strings: {
    ...{ key_hash: kept('the key goes on working'), folded_hash: kept('the key goes on working') },
    ...{ key_cipher: kept('the key goes on working'), last_characters: kept('the key goes on working') },
  },
  saved_views: { name: 'searched', query: 'searched', sort: closed, dir: closed, created_by: member },
  activations: {
    external_id: kept('names the device to software'),
    ...{ label: 'emptied', folded: 'emptied', meta: 'emptied' },
    fingerprint: kept('what software knows the device by: without it the key would stop working there'),
    conditions: kept('software has to send the same again: without it the key would stop working there'),
  },
  imports: {
    ...{ files: merchants, counts: closed, failure: 'searched' },
    settings: kept('names of columns; of a file without them the first line, sealed, until the import is 30 days old'),
    ...{ actor_kind: closed, actor_id: member, actor_label: member },
  },
  import_parts: { content: kept('sealed; deleted when the import is over') },
  // They would be in it; whoever wants one asks for another.
  archives: { asked_by_label: member, sha256: 'row', failure: closed },
  archive_parts: { content: 'row' },
  import_problems: { key: 'searched', message: 'searched' },
  bulk_changes: {
    ...{ origin: closed, action: 'searched', reason: 'searched', counts: closed, failure: 'searched' },
    ...{ actor_kind: closed, actor_id: member, actor_label: member, undone_by: member },
  },
  bulk_change_keys: { was: 'emptied', became: 'emptied', note: 'searched' },
  events: {
    ...{ type: closed, actor_kind: closed, actor_id: 'emptied', actor_label: 'searched' },
    ...{ address: 'emptied', device: 'emptied', data: 'searched' },
  },
  mails: { template: 'row', to: 'row', about: 'row', payload: 'row', last_error: 'row' },
  mail_settings: {
    ...{ name: merchants, color: merchants, reply_to: merchants, support: merchants },
    ...{ logo: merchants, logo_type: merchants, switches: merchants },
  },
  mail_texts: { mail: closed, subject: merchants, intro: merchants },
  mail_stops: { email: 'row' },
  webhook_endpoints: {
    ...{ url: merchants, description: merchants, types: closed, format: closed, version: closed },
    ...{ secrets: merchants, headers: merchants, disabled_reason: closed },
  },
  webhook_messages: { type: closed, last_error: 'searched', body: 'emptied' },
  webhook_attempts: { error: 'emptied', answer: 'emptied' },
  license_calls: {
    ...{ verb: 'row', code: 'row', device: 'row', fingerprint: 'row', address: 'row', dialect: 'row', app: 'row' },
  },
  validation_hours: { code: closed },
  validation_refusals: { code: closed },
  call_refusals: {
    ...{ subject: 'row', code: 'row', verb: 'row', device: 'row', label: 'row', address: 'row', looked_at: 'row' },
  },
  troubles: {
    ...{ subject: 'row', code: 'row', device: 'row', verb: 'row', label: 'row', address: 'row', looked_at: 'row' },
  },
  trouble_snoozes: { subject: 'row', code: 'row', by: 'row' },
  idempotency_keys: { idempotency_key: 'row', request_hash: 'row', outcome: 'row' },
  sightings: {
    ...{ device: 'row', network: 'row', area: 'row', prefix: 'row', kind: 'row', country: 'row', owner: 'row' },
  },
  key_risks: { level: 'row', evidence: 'row', excused: 'row', excused_by: 'row' },
  misuse_policies: { audience: closed },
  device_answers: { answer: 'row' },
  // Of what a device asked that nobody said yes to, nobody knows whose it is; an hour later it is gone.
  device_requests: {
    ...{ device_code_hash: secret, user_code_hash: secret, label: 'row', fingerprint: 'row' },
    ...{ conditions: 'row', meta: 'row', address: 'row', program: 'row' },
  },
  key_offers: { to: 'row', token_hash: 'row' },
  // Their own account's, and those that bring somebody to their address; each is gone a day after it was asked for.
  address_moves: {
    ...{ from: 'account', to: 'account', from_token_hash: 'account', to_token_hash: 'account', language: 'account' },
  },
  secret_versions: { check_hash: secret, check_sealed: secret, kept: secret, progress: closed },
  secret_holders: { about: kept('a process of this server') },
}
