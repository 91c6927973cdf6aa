// Every server action there is, called as a browser calls it, but by anybody and with anything.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { manageUrl } from '#lib/activations/ask.ts'
import { originals } from '#lib/mail-settings/originals.ts'
import type { FullOrganization } from './full-organization.ts'
import { appUrl } from './http.ts'
import { type Ids, visitOf } from './pages.ts'

const root = path.join(import.meta.dirname, '..')

type Manifest = Record<string, { workers: Record<string, unknown>; filename: string; exportedName: string }>

/** What the build offers to browsers, by file and name, with the id and the pages it is offered on. */
const built = new Map(
  Object.entries(
    (
      JSON.parse(readFileSync(path.join(root, '.next/server/server-reference-manifest.json'), 'utf8')) as {
        node: Manifest
      }
    ).node,
  ).map(([id, { filename, exportedName, workers }]) => [
    `${filename}#${exportedName}`,
    { id, pages: Object.keys(workers).map((worker) => worker.replace(/^app/, '').replace(/\/page$/, '') || '/') },
  ]),
)

const sources = globSync('{app,components,lib}/**/*.{ts,tsx}', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
}))

/** Actions as the sources declare them: whatever a file that begins with 'use server' exports. */
export const actions = sources
  .filter(({ text }) => /^(\s|\/\/.*\n|\/\*[\s\S]*?\*\/)*['"]use server['"]/.test(text))
  .flatMap(({ file, text }) =>
    [...text.matchAll(/^export (?:const|let|async function|function) (\w+)/gm)].map((match) => `${file}#${match[1]}`),
  )
  .sort()

/** Actions as the build has them; also those that a source declares in a way the line above does not see. */
export const builtActions = [...built.keys()].sort()

/** What an attacker or a rightful owner puts into the form, made from somebody's ids. `null`: the action takes no form. */
type Fields = (of: FullOrganization) => Record<string, string | string[]> | null

export type Row = {
  fields: Fields
  /** Reads only, or changes nothing that belongs to an organization. */
  reads?: true
  /** Anybody may call it; it decides by what the form carries. */
  open?: true
  /** Names nothing but an organization: in their own, strangers may do it. */
  begins?: true
  /** Belongs to the purchases pages: the form names no organization. */
  customer?: true
  /** Names nothing: every customer does it for themselves, and their sellers see that. */
  ownAccount?: true
  /** Every member may, for themselves. */
  everyMember?: true
}

const dashboard = 'app/dashboard/[organization]'

/** A picture of 16 by 16 pixels. */
const TINY_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGOQz39NEmIY1TCqYfhqAACg0HkQHnesywAAAABJRU5ErkJggg=='
const one = (licenseKeyId: string) => ({ 'licenseKeyIds[]': licenseKeyId })
const noForm: Row = { fields: () => null, reads: true, open: true }
const newName = (of: FullOrganization, what: string) => `${what} of ${of.slug}`

const configurationFields = (name: string) => ({
  ...{
    name,
    prefix: 'TAKEN',
    format: 'short',
    expiryKind: 'never',
    activationsMode: 'off',
    instructions: 'Taken over',
  },
  ...{ usageMode: 'unlimited', customerMayDeactivate: 'on', customerMayRename: 'on' },
})

/** In an order in which their rightful owner can call one after the other. */
export const table: Record<string, Row> = {
  [`${dashboard}/license-keys/actions.ts#previewKeys`]: {
    reads: true,
    fields: ({ keyId, disabledKeyId }) => ({ action: 'disable', 'licenseKeyIds[]': [keyId, disabledKeyId] }),
  },
  [`${dashboard}/license-keys/[id]/actions.ts#returnKey`]: {
    fields: ({ expiredKeyId }) => ({ licenseKeyId: expiredKeyId }),
  },
  [`${dashboard}/license-keys/actions.ts#moveChoices`]: { reads: true, begins: true, fields: () => ({}) },
  [`${dashboard}/bulk-changes/[id]/actions.ts#lookAtUndo`]: {
    reads: true,
    fields: ({ bulkChangeId }) => ({ bulkChangeId }),
  },
  [`${dashboard}/bulk-changes/[id]/actions.ts#stopChange`]: {
    fields: ({ openBulkChangeId }) => ({ bulkChangeId: openBulkChangeId }),
  },
  [`${dashboard}/actions.ts#undoChange`]: { fields: ({ bulkChangeId }) => ({ bulkChangeId }) },
  [`${dashboard}/license-keys/actions.ts#changeKeys`]: {
    fields: ({ keyId, disabledKeyId }) => ({ action: 'disable', 'licenseKeyIds[]': [keyId, disabledKeyId] }),
  },
  [`${dashboard}/license-keys/actions.ts#saveKeyView`]: {
    begins: true,
    fields: (of) => ({ name: newName(of, 'View'), query: 'status:active' }),
  },
  [`${dashboard}/license-keys/actions.ts#changeKeyView`]: {
    fields: ({ viewId, mark }) => ({
      ...{ viewId, name: 'Taken over', query: `customer:${mark}`, sort: 'createdAt', dir: 'desc' },
      was: JSON.stringify({ name: `Keys of ${mark}` }),
    }),
  },
  [`${dashboard}/license-keys/actions.ts#removeKeyView`]: { fields: ({ viewId }) => ({ viewId }) },
  [`${dashboard}/license-keys/new/actions.ts#issueKey`]: {
    fields: ({ configurationId, productId }) => ({
      ...{ keyConfigurationId: configurationId, productId, customerEmail: 'thief@example.com' },
      sendMail: 'on',
    }),
  },
  [`${dashboard}/license-keys/[id]/actions.ts#revealKey`]: { fields: ({ keyId }) => ({ licenseKeyId: keyId }) },
  [`${dashboard}/key-configurations/[id]/integrate/actions.ts#revealForTestCall`]: {
    fields: ({ keyId }) => ({ licenseKeyId: keyId }),
  },
  [`${dashboard}/fix-actions.ts#fix`]: {
    fields: ({ expiredKeyId }) => ({
      ...{ licenseKeyId: expiredKeyId, kind: 'extend', count: '1', unit: 'month' },
      from: '2020-01-31T23:59:59.999Z',
    }),
  },
  [`${dashboard}/fix-actions.ts#snooze`]: {
    fields: ({ disabledKeyId }) => ({ subject: disabledKeyId, code: 'DISABLED', for: 'day' }),
  },
  [`${dashboard}/fix-actions.ts#wake`]: {
    fields: ({ disabledKeyId }) => ({ subject: disabledKeyId, code: 'DISABLED' }),
  },
  [`${dashboard}/license-keys/[id]/actions.ts#enableKey`]: { fields: ({ keyId }) => one(keyId) },
  [`${dashboard}/license-keys/[id]/actions.ts#disableKey`]: { fields: ({ keyId }) => one(keyId) },
  [`${dashboard}/license-keys/[id]/actions.ts#revokeKey`]: { fields: ({ keyId }) => one(keyId) },
  [`${dashboard}/license-keys/[id]/actions.ts#restoreKey`]: { fields: ({ keyId }) => one(keyId) },
  [`${dashboard}/license-keys/[id]/actions.ts#resendMail`]: { fields: ({ keyId }) => ({ licenseKeyId: keyId }) },
  [`${dashboard}/license-keys/[id]/actions.ts#rotateKey`]: {
    fields: ({ expiredKeyId }) => ({ licenseKeyId: expiredKeyId, overlapHours: '24' }),
  },
  [`${dashboard}/license-keys/[id]/actions.ts#changeKey`]: {
    fields: ({ keyId, mark }) => ({
      ...{ licenseKeyId: keyId, note: 'Taken over', activations: 'unlimited' },
      was: JSON.stringify({ note: `Note ${mark}`, activations: 'configuration' }),
    }),
  },
  [`${dashboard}/license-keys/[id]/edit/actions.ts#saveKey`]: {
    fields: ({ keyId }) => ({
      ...{ licenseKeyId: keyId, usage: 'unlimited' },
      was: JSON.stringify({ usageLimit: 'configuration' }),
    }),
  },
  [`${dashboard}/license-keys/[id]/actions.ts#renameDevice`]: {
    fields: ({ activations, mark }) => ({
      ...{ activationId: activations[0] ?? '', label: 'Taken over' },
      was: JSON.stringify({ label: `Studio iMac ${mark}` }),
    }),
  },
  [`${dashboard}/license-keys/[id]/actions.ts#deactivateDevice`]: {
    fields: ({ activations }) => ({ activationId: activations[0] ?? '' }),
  },
  [`${dashboard}/activations/actions.ts#deactivateDevice`]: {
    fields: ({ activations }) => ({ activationId: activations[1] ?? '' }),
  },
  [`${dashboard}/key-configurations/actions.ts#submitNewKeyConfiguration`]: {
    fields: (of) => ({
      ...configurationFields(newName(of, 'New configuration')),
      ...{ step: 'save', productIds: of.productId },
    }),
  },
  [`${dashboard}/key-configurations/actions.ts#submitKeyConfigurationEdit`]: {
    fields: (of) => ({
      ...configurationFields(newName(of, 'Changed configuration')),
      ...{ step: 'save', id: of.configurationId, productIds: of.productId },
      was: JSON.stringify({ name: `Editor ${of.mark}` }),
    }),
  },
  [`${dashboard}/key-configurations/actions.ts#archive`]: {
    fields: ({ spareConfigurationId }) => ({ id: spareConfigurationId }),
  },
  [`${dashboard}/key-configurations/actions.ts#restore`]: {
    fields: ({ spareConfigurationId }) => ({ id: spareConfigurationId }),
  },
  [`${dashboard}/products/actions.ts#create`]: {
    fields: (of) => ({ name: newName(of, 'New product'), keyConfigurationIds: of.spareConfigurationId }),
  },
  [`${dashboard}/products/actions.ts#update`]: {
    fields: (of) => ({
      ...{ id: of.productId, name: newName(of, 'Changed product') },
      keyConfigurationIds: of.spareConfigurationId,
      was: JSON.stringify({ name: `Inkwell ${of.mark}` }),
    }),
  },
  [`${dashboard}/settings/api-keys/actions.ts#createKey`]: {
    begins: true,
    fields: (of) => ({ name: newName(of, 'New API key'), scopes: ['license_keys:write', 'events:read'] }),
  },
  [`${dashboard}/settings/api-keys/actions.ts#revokeKey`]: { fields: ({ apiKeyId }) => ({ apiKeyId }) },
  [`${dashboard}/settings/mail/actions.ts#switchOne`]: {
    begins: true,
    fields: () => ({ mail: 'device-activated', on: 'on' }),
  },
  [`${dashboard}/settings/mail/actions.ts#saveLooks`]: {
    begins: true,
    fields: () => ({ name: 'Taken over', color: '#ff0000', was: JSON.stringify({ name: null, color: null }) }),
  },
  [`${dashboard}/settings/mail/actions.ts#saveLogo`]: { begins: true, fields: () => ({ logo: TINY_PNG }) },
  [`${dashboard}/settings/mail/actions.ts#removeLogo`]: { begins: true, fields: () => ({}) },
  [`${dashboard}/settings/mail/actions.ts#saveText`]: {
    begins: true,
    fields: () => ({
      ...{ mail: 'key-expired', subject: 'Taken over', intro: 'Taken over' },
      was: JSON.stringify({ subject: originals['key-expired'].subject, intro: originals['key-expired'].intro }),
    }),
  },
  [`${dashboard}/settings/mail/actions.ts#resetText`]: { begins: true, fields: () => ({ mail: 'key-expired' }) },
  [`${dashboard}/settings/mail/actions.ts#preview`]: {
    reads: true,
    begins: true,
    fields: () => ({ mail: 'key-expired', subject: 'A look', intro: 'A look' }),
  },
  [`${dashboard}/settings/mail/actions.ts#sendTest`]: {
    begins: true,
    fields: () => ({ mail: 'key-expired', subject: 'A test', intro: 'A test' }),
  },
  'app/reminders/actions.ts#setReminders': {
    reads: true,
    open: true,
    fields: ({ mailId }) => ({ mail: mailId, code: 'not-a-code-of-this-server', stop: 'on' }),
  },
  [`${dashboard}/settings/members/actions.ts#invite`]: {
    begins: true,
    fields: (of) => ({ email: `invited-${of.slug}@example.com`, role: 'viewer' }),
  },
  [`${dashboard}/settings/members/actions.ts#resend`]: { fields: ({ invitationId }) => ({ invitationId }) },
  [`${dashboard}/settings/members/actions.ts#withdraw`]: { fields: ({ invitationId }) => ({ invitationId }) },
  [`${dashboard}/settings/members/actions.ts#setRole`]: {
    fields: ({ colleagueId }) => ({ userId: colleagueId, role: 'support', was: JSON.stringify({ role: 'admin' }) }),
  },
  [`${dashboard}/settings/members/actions.ts#setTwoStepRequired`]: {
    begins: true,
    fields: () => ({ required: 'yes' }),
  },
  [`${dashboard}/settings/members/actions.ts#setWays`]: {
    begins: true,
    fields: () => ({ which: 'some', 'ways[]': ['password'], was: JSON.stringify({ ways: [] }) }),
  },
  [`${dashboard}/settings/members/actions.ts#setSupportBounds`]: {
    begins: true,
    fields: () => ({ extendDays: '3', moreDevices: '1', was: JSON.stringify({ extendDays: 31, moreDevices: 2 }) }),
  },
  [`${dashboard}/settings/members/actions.ts#remove`]: { fields: ({ colleagueId }) => ({ userId: colleagueId }) },
  [`${dashboard}/settings/background-work/actions.ts#retry`]: {
    fields: ({ failedDeliveryId }) => ({ kind: 'store_deliveries', id: failedDeliveryId }),
  },
  [`${dashboard}/settings/security/actions.ts#keepLog`]: {
    begins: true,
    fields: () => ({ months: '6', was: JSON.stringify({ months: 12 }) }),
  },
  [`${dashboard}/history/actions.ts#keep`]: {
    begins: true,
    fields: () => ({ months: '12', was: JSON.stringify({ months: null }) }),
  },
  // So that a rightful customer can replace a key afterwards.
  [`${dashboard}/settings/customers/actions.ts#changeCustomerSettings`]: {
    begins: true,
    fields: () => ({
      ...{ mayRotate: 'on', mayHandOn: 'on', cooldownHours: '0' },
      was: '{"mayRotate":false,"mayHandOn":false,"cooldownHours":0,"releasesAYear":null}',
    }),
  },
  [`${dashboard}/settings/organization/actions.ts#changeOrganization`]: {
    begins: true,
    fields: () => ({ timeZone: 'Europe/Paris', was: JSON.stringify({ timeZone: 'UTC' }) }),
  },
  [`${dashboard}/products/actions.ts#archive`]: { fields: ({ spareProductId }) => ({ id: spareProductId }) },
  [`${dashboard}/products/actions.ts#restore`]: { fields: ({ spareProductId }) => ({ id: spareProductId }) },
  [`${dashboard}/imports/actions.ts#openUpload`]: {
    begins: true,
    fields: () => ({ files: JSON.stringify([{ name: 'keys.csv', size: 3 }]) }),
  },
  [`${dashboard}/imports/actions.ts#sendPart`]: {
    fields: ({ openImportId }) => ({
      importId: openImportId,
      file: '0',
      part: '0',
      bytes: btoa('key,email\nTAKEN-OVER-1,t@example.com\n'.padEnd(42, '\n')),
    }),
  },
  [`${dashboard}/imports/actions.ts#closeUpload`]: { fields: ({ openImportId }) => ({ importId: openImportId }) },
  [`${dashboard}/imports/actions.ts#readAs`]: {
    fields: ({ importId }) => ({ importId, source: 'gumroad' }),
  },
  [`${dashboard}/imports/actions.ts#check`]: {
    fields: ({ importId, configurationId }) => ({
      ...{ importId, source: 'custom', keyConfigurationId: configurationId },
      ...{ 'keys.key': 'key', 'keys.email': 'email', 'ignored[]': 'status' },
    }),
  },
  [`${dashboard}/imports/actions.ts#start`]: { fields: ({ checkedImportId }) => ({ importId: checkedImportId }) },
  [`${dashboard}/imports/actions.ts#reopen`]: { fields: ({ otherImportId }) => ({ importId: otherImportId }) },
  [`${dashboard}/imports/actions.ts#stop`]: { fields: ({ otherImportId }) => ({ importId: otherImportId }) },
  [`${dashboard}/settings/stores/actions.ts#connect`]: {
    begins: true,
    fields: (of) => ({ store: 'polar', mode: 'test', name: newName(of, 'New store') }),
  },
  [`${dashboard}/settings/stores/actions.ts#makeSecret`]: { fields: ({ connectionId }) => ({ connectionId }) },
  [`${dashboard}/settings/stores/actions.ts#setSecret`]: {
    fields: ({ spareConnectionId }) => ({ connectionId: spareConnectionId, secret: 'whsec_of-the-thief' }),
  },
  [`${dashboard}/settings/stores/actions.ts#setCredential`]: {
    fields: ({ spareConnectionId }) => ({ connectionId: spareConnectionId, credential: 'polar_oat_of-the-thief' }),
  },
  [`${dashboard}/settings/stores/actions.ts#readOrders`]: {
    fields: ({ spareConnectionId }) => ({ connectionId: spareConnectionId, since: '2026-01-01' }),
  },
  [`${dashboard}/settings/stores/actions.ts#saveSettings`]: {
    fields: ({ connectionId }) => ({
      ...{ connectionId, graceDays: '300', marginDays: '14', fullRefundPercent: '100' },
      was: JSON.stringify({ graceDays: 14 }),
    }),
  },
  [`${dashboard}/settings/stores/actions.ts#replay`]: {
    fields: ({ connectionId, failedDeliveryId }) => ({ connectionId, which: failedDeliveryId }),
  },
  [`${dashboard}/settings/stores/actions.ts#place`]: {
    fields: ({ connectionId }) => ({ connectionId, ref: 'quill-pro', as: 'ignored' }),
  },
  [`${dashboard}/settings/stores/actions.ts#switchConnection`]: {
    fields: ({ connectionId }) => ({ connectionId, off: 'on' }),
  },
  [`${dashboard}/settings/stores/actions.ts#remove`]: {
    fields: ({ spareConnectionId }) => ({ connectionId: spareConnectionId }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#create`]: {
    begins: true,
    // A network that the tests allow: no name has to be looked up.
    fields: () => ({ url: 'http://127.0.0.9:9/hooks', which: 'some', types: 'customer.merged' }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#save`]: {
    fields: ({ webhookEndpointId, mark }) => ({
      ...{ endpointId: webhookEndpointId, url: `https://hooks.${mark}.example/`, description: 'Taken over' },
      ...{ which: 'some', types: 'license_key.revoked' },
      was: JSON.stringify({ url: `https://hooks.${mark}.example/`, description: '' }),
    }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#putHeader`]: {
    fields: ({ webhookEndpointId }) => ({ endpointId: webhookEndpointId, name: 'x-taken', secret: 'over' }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#rotate`]: {
    fields: ({ webhookEndpointId }) => ({ endpointId: webhookEndpointId }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#test`]: {
    fields: ({ webhookEndpointId }) => ({ endpointId: webhookEndpointId, type: 'ping' }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#resend`]: {
    fields: ({ webhookMessageId }) => ({ messageId: webhookMessageId }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#resendAll`]: {
    fields: ({ webhookEndpointId }) => ({ endpointId: webhookEndpointId, span: 'all' }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#switchEndpoint`]: {
    fields: ({ webhookEndpointId }) => ({ endpointId: webhookEndpointId, off: 'on' }),
  },
  [`${dashboard}/settings/webhooks/actions.ts#remove`]: {
    fields: ({ spareWebhookEndpointId }) => ({ endpointId: spareWebhookEndpointId }),
  },
  [`${dashboard}/risk/[id]/actions.ts#excuse`]: { fields: ({ keyId }) => ({ licenseKeyId: keyId }) },
  [`${dashboard}/risk/[id]/actions.ts#suspect`]: { fields: ({ keyId }) => ({ licenseKeyId: keyId }) },
  [`${dashboard}/risk/settings/actions.ts#choosePolicy`]: {
    fields: ({ configurationId }) => ({
      ...{ keyConfigurationId: configurationId, audience: 'person' },
      was: JSON.stringify({ audience: 'unsaid', seats: null }),
    }),
  },
  [`${dashboard}/risk/settings/actions.ts#saveAddressDays`]: {
    begins: true,
    fields: () => ({ addressDays: '20', was: JSON.stringify({ addressDays: 30 }) }),
  },
  [`${dashboard}/risk/settings/actions.ts#turn`]: {
    begins: true,
    fields: () => ({ rule: 'asksAlone', isOn: 'true' }),
  },
  'app/devices/actions.ts#answer': { open: true, fields: ({ eventId }) => ({ question: eventId, code: 'guessed' }) },
  'app/purchases/actions.ts#copyKeys': { customer: true, reads: true, fields: ({ purchaseId }) => ({ purchaseId }) },
  'app/purchases/actions.ts#mailKey': { customer: true, fields: ({ keyId }) => ({ licenseKeyId: keyId }) },
  // The customer's own three an hour come first.
  [`${dashboard}/actions.ts#sendMailAgain`]: { fields: ({ mailId }) => ({ mailId }) },
  'app/purchases/actions.ts#renameDevice': {
    customer: true,
    fields: ({ activations, mark }) => ({
      ...{ activationId: activations[2] ?? '', label: 'Mine now' },
      was: JSON.stringify({ label: `Travel laptop ${mark}` }),
    }),
  },
  'app/purchases/actions.ts#deactivateDevice': {
    customer: true,
    fields: ({ activations }) => ({ activationId: activations[2] ?? '' }),
  },
  // What was just deactivated.
  'app/purchases/actions.ts#undoDevice': {
    customer: true,
    fields: ({ activations }) => ({ activationId: activations[2] ?? '' }),
  },
  'app/purchases/actions.ts#handOn': {
    customer: true,
    fields: ({ keyId, slug }) => ({ licenseKeyId: keyId, email: `taker-${slug}@example.com` }),
  },
  'app/purchases/actions.ts#withdraw': { customer: true, fields: ({ keyId }) => ({ licenseKeyId: keyId }) },
  'app/purchases/address/actions.ts#askForMove': {
    ...{ customer: true, reads: true, ownAccount: true },
    fields: ({ mark }) => ({ email: `moved-${mark}@example.com` }),
  },
  'app/purchases/address/actions.ts#stopMoving': {
    ...{ customer: true, reads: true, ownAccount: true },
    fields: () => ({}),
  },
  'app/purchases/address/confirm/actions.ts#sayYes': {
    open: true,
    reads: true,
    fields: () => ({ token: 'not-a-token' }),
  },
  'app/purchases/address/confirm/actions.ts#sayNo': {
    open: true,
    reads: true,
    fields: () => ({ token: 'not-a-token' }),
  },
  'app/purchases/take/actions.ts#take': { open: true, reads: true, fields: () => ({ token: 'not-a-token' }) },
  'app/purchases/take/actions.ts#decline': { open: true, reads: true, fields: () => ({ token: 'not-a-token' }) },
  'app/purchases/actions.ts#rotateKey': { customer: true, fields: ({ keyId }) => ({ licenseKeyId: keyId }) },
  'components/language-actions.ts#chooseLanguage': noForm,
  'app/purchases/open/actions.ts#openKey': {
    ...{ reads: true, open: true },
    fields: ({ mailId }) => ({ mail: mailId, code: 'not-a-code-of-this-server' }),
  },
  'app/purchases/replace/actions.ts#replace': {
    customer: true,
    fields: ({ keyId, activations }) => ({
      ask: new URL(
        manageUrl({ licenseKeyId: keyId, label: 'New laptop', fingerprint: 'new-laptop', askedAt: new Date() }),
      ).searchParams.get('ask') as string,
      activationId: activations[2] ?? '',
    }),
  },
  'app/purchases/activate/actions.ts#findRequest': {
    ...{ open: true, reads: true },
    fields: () => ({ code: 'BCDF-GHJK' }),
  },
  'app/purchases/activate/actions.ts#approve': {
    customer: true,
    // Merchants have freed two of its places by then.
    fields: ({ deviceRequests, keyId }) => ({
      ...{ request: deviceRequests[0] ?? '', choice: keyId, label: 'Approved device' },
    }),
  },
  'app/purchases/activate/actions.ts#deny': {
    customer: true,
    fields: ({ deviceRequests }) => ({ request: deviceRequests[1] ?? '' }),
  },
  // After what its customer does with the key.
  [`${dashboard}/risk/[id]/actions.ts#act`]: { fields: ({ keyId }) => ({ licenseKeyId: keyId, action: 'block' }) },
  [`${dashboard}/purchases/[id]/actions.ts#hold`]: { fields: ({ keyId }) => ({ licenseKeyId: keyId, held: 'on' }) },
  [`${dashboard}/purchases/[id]/actions.ts#move`]: {
    fields: (of) => ({ purchaseId: of.purchaseId, email: `thief-${of.slug}@example.com` }),
  },
  [`${dashboard}/purchases/[id]/actions.ts#cancel`]: { fields: ({ purchaseId }) => ({ purchaseId, reason: 'Taken' }) },
  [`${dashboard}/purchases/[id]/actions.ts#resume`]: { fields: ({ purchaseId }) => ({ purchaseId, reason: '' }) },
  [`${dashboard}/purchases/[id]/actions.ts#refund`]: { fields: ({ purchaseId }) => ({ purchaseId, reason: 'Taken' }) },
  'app/purchases/actions.ts#signOutOfPurchases': noForm,
  [`${dashboard}/actions.ts#signOutOfDashboard`]: noForm,
  [`${dashboard}/actions.ts#find`]: { reads: true, fields: ({ mark }) => ({ words: mark }) },
  'app/login/actions.ts#signInAction': {
    ...{ reads: true, open: true },
    fields: ({ merchant }) => ({ email: merchant.email, password: 'not the password', intent: 'password' }),
  },
  'app/login/actions.ts#useLinkAction': {
    ...{ reads: true, open: true },
    fields: ({ merchant }) => ({ email: merchant.email, token: 'not-a-token-of-this-server' }),
  },
  'app/login/actions.ts#useCodeAction': {
    ...{ reads: true, open: true },
    fields: ({ merchant }) => ({ email: merchant.email, request: 'not-a-request-of-this-server', code: '123456' }),
  },
  // One's own account: there is nothing of anybody else in these forms but ids.
  'app/account/actions.ts#changePasswordAction': {
    ...{ reads: true, open: true },
    fields: () => ({ current: 'not the password', password: 'a password of the thief' }),
  },
  'app/account/actions.ts#changeNameAction': {
    reads: true,
    open: true,
    fields: () => ({ name: 'Thief', was: '{"name":"Owner"}' }),
  },
  'app/account/actions.ts#changeAddressAction': {
    ...{ reads: true, open: true },
    fields: ({ slug }) => ({ email: `thief-${slug}@example.com` }),
  },
  'app/account/actions.ts#confirmNewAddressAction': {
    ...{ reads: true, open: true },
    fields: () => ({ token: 'not-a-token-of-this-server' }),
  },
  'app/login/actions.ts#forgottenPasswordAction': {
    ...{ reads: true, open: true },
    // Anybody may ask for anybody: of an address that is known, a link is kept.
    fields: ({ slug }) => ({ email: `nobody-${slug}@example.com` }),
  },
  'app/login/actions.ts#newPasswordAction': {
    ...{ reads: true, open: true },
    fields: () => ({ token: 'not-a-token-of-this-server', password: 'a password of the thief' }),
  },
  'app/login/second-step/actions.ts#secondStepAction': {
    ...{ reads: true, open: true },
    fields: () => ({ code: '000000' }),
  },
  'app/login/second-step/actions.ts#giveUpAction': noForm,
  'app/login/second-step/actions.ts#secondStepPasskeyAction': {
    reads: true,
    open: true,
    fields: () => ({ response: '{}' }),
  },
  'app/login/actions.ts#passkeyOptionsAction': noForm,
  'app/login/actions.ts#passkeySignInAction': { reads: true, open: true, fields: () => ({ response: '{}' }) },
  'app/account/two-step/actions.ts#beginPasskeyAction': { reads: true, open: true, fields: () => ({ name: 'Thief' }) },
  'app/account/two-step/actions.ts#addPasskeyAction': {
    ...{ reads: true, open: true },
    fields: () => ({ name: 'Thief', response: '{}' }),
  },
  'app/account/two-step/actions.ts#removePasskeyAction': {
    ...{ reads: true, open: true },
    fields: ({ ownerSessionId }) => ({ passkeyId: ownerSessionId }),
  },
  'app/account/two-step/actions.ts#beginAuthenticatorAction': { reads: true, open: true, fields: () => ({}) },
  'app/account/two-step/actions.ts#confirmAuthenticatorAction': {
    ...{ reads: true, open: true },
    fields: () => ({ code: '000000' }),
  },
  'app/account/two-step/actions.ts#renewRecoveryCodesAction': { reads: true, open: true, fields: () => ({}) },
  'app/account/two-step/actions.ts#endTwoStepAction': { reads: true, open: true, fields: () => ({}) },
  'app/account/actions.ts#linkSignInAction': { reads: true, open: true, fields: () => ({ provider: 'github' }) },
  'app/account/actions.ts#unlinkSignInAction': {
    reads: true,
    open: true,
    fields: ({ ownerSessionId }) => ({ linkedSignInId: ownerSessionId }),
  },
  'app/account/organization/actions.ts#newOrganizationAction': {
    ...{ reads: true, open: true },
    fields: (of) => ({ name: 'Taken over', slug: `thief-${of.slug}`.slice(0, 40) }),
  },
  'app/account/actions.ts#endSessionAction': {
    ...{ reads: true, open: true },
    fields: ({ ownerSessionId }) => ({ sessionId: ownerSessionId }),
  },
  [`${dashboard}/settings/export/actions.ts#remove`]: { fields: ({ archiveId }) => ({ archiveId }) },
  [`${dashboard}/settings/export/actions.ts#unlock`]: { ...{ reads: true, begins: true }, fields: () => ({}) },
  [`${dashboard}/settings/export/actions.ts#ask`]: { begins: true, fields: () => ({ keyStrings: 'on' }) },
  // What leaves nothing for the others comes late.
  [`${dashboard}/customers/[id]/actions.ts#lookAsThey`]: {
    ...{ everyMember: true as const, fields: ({ spareCustomerId }) => ({ customerId: spareCustomerId }) },
  },
  [`${dashboard}/customers/[id]/actions.ts#writeNote`]: {
    fields: ({ customerId, mark }) => ({ customerId, text: `Knows ${mark}` }),
  },
  [`${dashboard}/customers/[id]/actions.ts#rewriteNote`]: {
    fields: ({ noteId, mark }) => ({
      noteId,
      text: 'Taken over',
      was: JSON.stringify({ text: `Asked about ${mark}` }),
    }),
  },
  [`${dashboard}/customers/[id]/actions.ts#removeNote`]: { fields: ({ noteId }) => ({ noteId }) },
  [`${dashboard}/customers/[id]/actions.ts#changeCustomer`]: {
    fields: ({ customerId, mark }) => ({
      ...{ customerId, email: `alice@${mark}.example`, name: 'Taken over' },
      was: JSON.stringify({ name: `Alice ${mark}`, email: `alice@${mark}.example` }),
    }),
  },
  [`${dashboard}/customers/[id]/actions.ts#mergeInto`]: {
    fields: ({ spareCustomerId, customerId }) => ({ customerId: spareCustomerId, intoId: customerId }),
  },
  [`${dashboard}/customers/[id]/actions.ts#eraseCustomer`]: { fields: ({ customerId }) => ({ customerId }) },
  [`${dashboard}/settings/organization/actions.ts#askOrganizationDeletion`]: {
    fields: ({ mark }) => ({ name: `Maison ${mark}` }),
  },
  [`${dashboard}/settings/organization/actions.ts#changeAddress`]: {
    begins: true,
    fields: ({ slug }) => ({ slug: `${slug.slice(0, 30)}-new`, from: slug }),
  },
  [`${dashboard}/settings/organization/actions.ts#stopOrganizationDeletion`]: { begins: true, fields: () => ({}) },
  'app/account/actions.ts#signOutEverywhereAction': noForm,
  'app/account/actions.ts#signOutOfAccount': noForm,
  'app/login/invitation/actions.ts#joinAction': {
    ...{ reads: true, open: true },
    fields: () => ({ token: 'not-a-token-of-this-server', name: 'Thief', password: 'a password of the thief' }),
  },
  'app/login/invitation/actions.ts#joinAsAction': {
    ...{ reads: true, open: true },
    fields: () => ({ token: 'not-a-token-of-this-server' }),
  },
  'app/login/actions.ts#confirmAddressAction': {
    reads: true,
    open: true,
    fields: () => ({ callbackUrl: '/purchases' }),
  },
  'app/setup/actions.ts#setUpAction': {
    ...{ reads: true, open: true },
    fields: (of) => ({
      ...{ token: process.env.SETUP_TOKEN ?? '', organizationName: 'Taken over', slug: `taken-${of.slug}` },
      ...{ name: 'Thief', email: of.merchant.email, password: 'a password of the thief' },
    }),
  },
  // The last: who has given all away and gone does nothing more.
  [`${dashboard}/settings/members/actions.ts#transfer`]: { fields: ({ heirId }) => ({ userId: heirId }) },
  [`${dashboard}/settings/members/actions.ts#leave`]: { begins: true, everyMember: true, fields: () => ({}) },
}

/** How an action is called; throws for one that the table does not know. */
export function rowOf(action: string): Row {
  const row = table[action]
  if (!row) throw new Error(`e2e/actions.ts has no row for ${action}: say what its form carries.`)
  return row
}

export type ActionAnswer = { path: string; status: number; body: string; redirect: string | null; isOk: boolean }

/** Calls an action with (previous state, form) in React's encoding, as the browser does after hydration. */
export async function callAction(
  action: string,
  {
    fields,
    ids,
    cookie,
    headers = {},
    base = appUrl,
  }: {
    fields: Record<string, string | string[]> | null
    /** Those in the path of the page that offers the action. */
    ids: Partial<Ids>
    cookie?: string | undefined
    headers?: Record<string, string>
    base?: string
  },
): Promise<ActionAnswer> {
  const found = built.get(action)
  if (!found) throw new Error(`The build has no action ${action}.`)
  const body = new FormData()
  for (const [name, values] of Object.entries(fields ?? {}))
    for (const value of [values].flat()) body.append(`_1_${name}`, value)
  body.append('0', fields ? JSON.stringify([{ status: 'idle' }, '$K1']) : '[]')
  const path = visitOf(found.pages[0] ?? '/').path(ids as Ids)
  const response = await fetch(new URL(path, base), {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'Next-Action': found.id,
      Accept: 'text/x-component',
      Origin: base,
      ...(cookie && { cookie }),
      ...headers,
    },
    body,
  })
  const text = await response.text()
  const redirect = response.headers.get('x-action-redirect') ?? response.headers.get('location')
  return {
    path,
    status: response.status,
    body: [...response.headers].map((header) => header.join(': ')).join('\n') + text,
    redirect,
    isOk: text.includes('"status":"ok"'),
  }
}
