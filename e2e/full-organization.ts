// An organization with something of everything in it, all of it marked with one word that occurs nowhere else.
import { expect } from '@playwright/test'
import { sealRequest } from '#lib/activations/approve.ts'
import { askArchive } from '#lib/archives/commands.ts'
import { runArchive } from '#lib/archives/run.ts'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { apiScopes } from '#lib/base/permissions.ts'
import { startBulkChange } from '#lib/bulk-changes/commands.ts'
import { addNote } from '#lib/customers/notes.ts'
import { prisma } from '#lib/database/client.ts'
import { addPart, checkImport, createImport, finishUpload } from '#lib/imports/commands.ts'
import { getImport } from '#lib/imports/queries.ts'
import { runImport } from '#lib/imports/run.ts'
import { tellEnds } from '#lib/license-keys/ends.ts'
import { revokeLicenseKeys } from '#lib/license-keys/status.ts'
import { createApiKey } from '#lib/organizations/commands.ts'
import { updateProduct } from '#lib/products/commands.ts'
import { saveView } from '#lib/saved-views/commands.ts'
import { seal } from '#lib/secrets/secrets.ts'
import { connectStore } from '#lib/stores/commands.ts'
import { createEndpoint } from '#lib/webhook-endpoints/commands.ts'
import { CreateEndpoint } from '#lib/webhook-endpoints/schema.ts'
import { callAction } from './actions.ts'
import { connectCustomShop, handled, keepUnreadable, sale, sendMessage } from './custom-store.ts'
import { send } from './http.ts'
import { type IssuedKey, makeOrganization } from './organization.ts'
import { momentNow } from './rows.ts'
import { makePerson, sessionHeader } from './session.ts'

export type FullOrganization = Awaited<ReturnType<typeof makeFullOrganization>>

export async function makeFullOrganization() {
  const since = await momentNow()
  const mark = `quokka${newId().slice(-8)}`
  const shop = await makeOrganization({ name: `Maison ${mark}` })
  await prisma.organization.update({ where: { id: shop.id }, data: { supportEmail: `help@${mark}.example` } })
  // They would go out at a moment nobody knows.
  await prisma.mailSettings.create({
    data: { organizationId: shop.id, switches: { 'key-revoked': false, 'key-expired': false } },
  })

  const configurationId = await shop.configuration({
    name: `Editor ${mark}`,
    prefix: mark.slice(-12).toUpperCase(),
    expiryKind: 'duration',
    durationCount: 1,
    durationUnit: 'year',
    graceDays: 7,
    activationsMode: 'limited',
    activationLimit: 3,
    usageLimit: 100,
    usageReset: 'month',
    // A line that is wider than any phone.
    instructions: `1. Open **Settings** of ${mark}\n2. Paste the key\n\n\`\`\`\n${mark} --license-file /etc/fable/license.key --server https://keys.fable.example/api/license/validate --verbose\n\`\`\``,
    version: '4.x',
    entitlements: ['export', 'sync'],
  })
  const spareConfigurationId = await shop.configuration({ name: `Spare ${mark}` })
  const productId = await shop.product([configurationId], `Inkwell ${mark}`)
  await updateProduct(
    shop.merchant,
    {
      id: productId,
      name: `Inkwell ${mark}`,
      description: `Writes like ${mark}.`,
      keyConfigurationIds: [configurationId],
    },
    new Date(),
  )
  const spareProductId = await shop.product([], `Leftover ${mark}`)

  const alice = await makePerson(`alice@${mark}.example`)
  // The mark is not in his address, because he attacks too.
  const bob = await makePerson(`bob-${newId().slice(-12)}@example.com`)
  const order = { productId, reference: `A-${mark}` }
  const key = await shop.issue(configurationId, { ...order, customerEmail: alice.email }, { note: `Note ${mark}` })
  const disabled = await shop.issue(configurationId, { customerEmail: alice.email })
  const revoked = await shop.issue(configurationId, { customerEmail: bob.email })
  const expired = await shop.issue(
    configurationId,
    { customerEmail: bob.email },
    { expiry: 'date', expiresOn: '2020-01-31' },
  )
  await prisma.customer.updateMany({ where: { email: alice.email }, data: { name: `Alice ${mark}` } })

  await prisma.keyRisk.create({
    data: {
      ...{ licenseKeyId: key.id, organizationId: shop.id, score: 61, level: 'look', since: new Date() },
      evidence: [
        {
          ...{ signal: 'places', points: 61, supports: false, lastDay: 20_700 },
          values: { places: 6, atOnce: 6, expected: 3, devices: 6, overlapPercent: 80 },
        },
      ],
    },
  })

  const activations: string[] = []
  for (const label of ['Studio iMac', 'ThinkPad X1', 'Travel laptop']) {
    const answer = await call('activate', key, {
      label: `${label} ${mark}`,
      fingerprint: label,
      meta: { os: `macOS ${mark}` },
    })
    activations.push(answer.json.id)
  }
  await call('activate', key, { label: `One too many ${mark}` })
  for (const activation_id of [activations[0], undefined]) await call('validate', key, { activation_id })
  await call('validate', expired)
  const { id: bulkChangeId } = await startBulkChange(
    shop.merchant,
    {
      ...{ selection: { ids: [disabled.id] }, action: { action: 'disable' }, origin: 'list' },
      reason: `Asked by ${mark}`,
    },
    () => new Date(),
  )
  await revokeLicenseKeys(shop.merchant, { licenseKeyIds: [revoked.id], reason: '' }, new Date())

  // Only the app has a queue; a mail of ours would wait for the next sweep.
  const { cookie } = await sessionHeader(shop.merchant.userId)
  const ids = {
    ...{ slug: shop.slug, configurationId, productId, keyId: key.id },
    ...{ customerId: '', mailId: '', importId: '', checkedImportId: '', bulkChangeId },
    ...{ purchaseId: '', connectionId: '', deliveryId: '', webhookEndpointId: '', webhookMessageId: '', archiveId: '' },
  }
  const fields = { organization: shop.slug, licenseKeyId: key.id }
  const resent = await callAction('app/dashboard/[organization]/license-keys/[id]/actions.ts#resendMail', {
    ids,
    fields,
    cookie,
  })
  expect(resent.isOk, resent.body).toBe(true)

  // What is written a moment later, so that nothing changes by itself from here on.
  await expect
    .poll(
      async () => {
        const mails = await prisma.mail.count({ where: { organizationId: shop.id, status: 'sent' } })
        const hours = await prisma.validationHour.aggregate({
          where: { organizationId: shop.id },
          _sum: { count: true },
        })
        const refused = await prisma.callRefusal.count({ where: { organizationId: shop.id } })
        return { mails, validations: hours._sum.count, refused }
      },
      { message: 'mails are sent and validations counted', timeout: 45_000 },
    )
    .toEqual({ mails: 1, validations: 3, refused: 2 })
  await prisma.trouble.create({
    data: {
      ...{ organizationId: shop.id, subject: disabled.id, licenseKeyId: disabled.id, code: 'DISABLED', device: '' },
      ...{ verb: 'validate', lookedAt: { said: `Asked by ${mark}`, asked: {}, looked: {} }, count: 3 },
      ...{ since: new Date(), lastAt: new Date() },
    },
  })

  // Of its key that has ended the app would tell at some moment: now, so that nothing changes by itself while rows are compared.
  await tellEnds({ kind: 'system', name: 'Latchkey' }, new Date(), shop.id)

  const importId = await uploadKeys(shop.merchant, mark)
  const checkedImportId = await uploadKeys(shop.merchant, mark)
  const otherImportId = await uploadKeys(shop.merchant, mark)
  for (const id of [checkedImportId, otherImportId]) await checkKeys(shop.merchant, id, configurationId)
  const opened = await openUpload(shop.merchant, mark)

  const store = await connectShop(shop.merchant, mark)

  const { apiKeyId, token } = await createApiKey(
    shop.merchant,
    { name: `Shop server of ${mark}`, scopes: [...apiScopes], expiresOn: null },
    new Date(),
  )
  const view = (name: string) =>
    ({ name, query: `customer:${mark}`, sort: 'createdAt', dir: 'desc', isDefault: false }) as const
  const { id: viewId } = await saveView(shop.merchant, view(`Keys of ${mark}`), new Date())
  const colleague = await shop.member('admin')
  const heir = await shop.member('viewer')
  // Without the command, which would send a mail at a moment nobody knows.
  const invitation = await prisma.invitation.create({
    data: {
      ...{ organizationId: shop.id, email: `invited@${mark}.example`, role: 'support', invitedBy: 'Mira Member' },
      tokenHash: new Uint8Array(Buffer.from(newId())),
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + 86_400_000),
    },
  })
  const session = await prisma.session.findFirstOrThrow({ where: { userId: shop.merchant.userId } })
  const customer = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email: alice.email } })
  const spareCustomer = await prisma.customer.create({
    data: { organizationId: shop.id, email: `spare@${mark}.example`, name: `Spare ${mark}` },
  })
  const otherCustomer = await prisma.customer.create({
    data: { organizationId: shop.id, email: `other@${mark}.example`, name: `Other ${mark}` },
  })
  const { noteId } = await addNote(shop.merchant, { customerId: customer.id, text: `Asked about ${mark}` }, new Date())
  // Handed on, and taken in the same moment.
  const taken = new Date()
  const taker = await prisma.licenseKey.findUniqueOrThrow({ where: { id: expired.id }, select: { customerId: true } })
  await prisma.event.create({
    data: {
      ...{ id: newId(), organizationId: shop.id, type: 'license_key.transferred', at: taken, licenseKeyId: expired.id },
      ...{ customerId: taker.customerId, actorKind: 'customer', actorLabel: bob.email, data: { to: bob.email } },
    },
  })
  await prisma.keyOffer.create({
    data: {
      ...{
        id: newId(),
        organizationId: shop.id,
        licenseKeyId: expired.id,
        customerId: spareCustomer.id,
        to: bob.email,
      },
      ...{ tokenHash: newId(), createdAt: taken, expiresAt: taken, endedAt: taken, isTaken: true },
    },
  })
  const webhookEndpointId = await addWebhookEndpoint(shop.merchant, mark)
  const spareWebhookEndpointId = await addWebhookEndpoint(shop.merchant, mark)
  const webhookMessageId = await addWebhookMessage(shop.id, webhookEndpointId, mark, 200)
  await addWebhookMessage(shop.id, webhookEndpointId, mark, 500)
  const mail = await prisma.mail.findFirstOrThrow({ where: { organizationId: shop.id } })
  const purchase = await prisma.purchase.findFirstOrThrow({ where: { organizationId: shop.id } })
  const subscription = await prisma.purchase.create({
    data: {
      ...{ organizationId: shop.id, customerId: customer.id, productId, kind: 'subscription', reference: `S-${mark}` },
      ...{ purchasedAt: new Date(), paidThrough: new Date('2100-01-01') },
    },
  })
  // One that seems to be at work elsewhere, so that nothing changes by itself.
  const { id: openBulkChangeId } = await prisma.bulkChange.create({
    data: {
      ...{
        id: newId(),
        organizationId: shop.id,
        origin: 'list',
        action: { action: 'disable' },
        reason: mark,
        total: 1,
      },
      ...{ actorKind: 'merchant', actorLabel: `Mara of ${mark}`, runner: newId(), createdAt: new Date() },
      heartbeatAt: new Date('2100-01-01'),
      keys: { create: { position: 0, licenseKeyId: expired.id } },
    },
  })
  const { archiveId } = await askArchive(shop.merchant, { hasKeyStrings: true }, new Date())
  await runArchive({ kind: 'system', name: 'Latchkey' }, archiveId, () => new Date())
  const event = await prisma.event.findFirstOrThrow({ where: { organizationId: shop.id, licenseKeyId: key.id } })
  const deviceRequests = [
    await askForDevice(shop.id, alice.userId, mark),
    await askForDevice(shop.id, alice.userId, mark),
  ]
  return {
    ...shop,
    since,
    mark,
    alice,
    bob,
    configurationId,
    spareConfigurationId,
    productId,
    spareProductId,
    customerId: customer.id,
    spareCustomerId: spareCustomer.id,
    otherCustomerId: otherCustomer.id,
    noteId,
    purchaseId: purchase.id,
    subscriptionId: subscription.id,
    ...store,
    eventId: event.id,
    mailId: mail.id,
    webhookEndpointId,
    spareWebhookEndpointId,
    webhookMessageId,
    apiKeyId,
    viewId,
    token,
    colleagueId: colleague.userId,
    heirId: heir.userId,
    invitationId: invitation.id,
    ownerSessionId: session.id,
    keyId: key.id,
    key,
    disabledKeyId: disabled.id,
    revokedKeyId: revoked.id,
    expiredKeyId: expired.id,
    keys: [key, disabled, revoked, expired] as const,
    activations,
    importId,
    checkedImportId,
    otherImportId,
    openImportId: opened.importId,
    bulkChangeId,
    openBulkChangeId,
    archiveId,
    deviceRequests,
  }
}

/** A device that asks for a key, whose code the customer has typed. */
async function askForDevice(organizationId: string, userId: string, mark: string): Promise<string> {
  const now = new Date()
  const id = newId(now)
  await prisma.deviceRequest.create({
    data: {
      ...{ id, organizationId, label: `Asking device of ${mark}`, deviceCodeHash: newId(), userCodeHash: newId() },
      ...{ createdAt: now, expiresAt: new Date(now.getTime() + 86_400_000) },
    },
  })
  return sealRequest({ kind: 'customer', userId, email: '' }, id)
}

/** A store with a sale that waits for its product, and something that could not be read. Another one that nothing came from. */
async function connectShop(merchant: Member, mark: string) {
  const website = await connectCustomShop(merchant, { name: `Website ${mark}` })
  const { connectionId } = website
  await sendMessage(website, sale({ productName: `Quill ${mark}`, email: `buyer@${mark}.example` }))
  await handled(connectionId)
  await keepUnreadable(connectionId, `Nothing that ${mark} could say`)
  const { connectionId: spareConnectionId } = await connectStore(
    merchant,
    { store: 'polar', mode: 'live', name: `Polar ${mark}` },
    new Date(),
  )
  const idOf = async (state: 'waiting' | 'failed') =>
    (await prisma.storeDelivery.findFirstOrThrow({ where: { connectionId, state } })).id
  const at = new Date()
  const { id: reconciliationId } = await prisma.storeReconciliation.create({
    data: {
      ...{ id: newId(), connectionId, state: 'failed', askedBy: `Mara of ${mark}`, since: at, read: 2, mended: 1 },
      ...{ createdAt: at, heardAt: at, endedAt: at, problem: `Nobody at ${mark} answered.` },
      report: [{ purchaseId: newId(), reference: `R-${mark}`, outcome: ['Recorded.'] }],
    },
  })
  return {
    ...{ connectionId, spareConnectionId, reconciliationId },
    ...{ deliveryId: await idOf('waiting'), failedDeliveryId: await idOf('failed') },
  }
}

/** An endpoint that wants to hear nothing for long, so that nothing about it changes by itself. */
async function addWebhookEndpoint(merchant: Member, mark: string): Promise<string> {
  const order = CreateEndpoint.parse({ url: `https://hooks.${mark}.example/`, types: ['license_key.revoked'] })
  const { endpointId } = await createEndpoint(merchant, order, '2026-11-28', new Date())
  await prisma.webhookEndpoint.update({ where: { id: endpointId }, data: { pausedUntil: new Date('2100-01-01') } })
  return endpointId
}

/** A message that was tried once and answered with this status; what fails is given up. */
async function addWebhookMessage(
  organizationId: string,
  endpointId: string,
  mark: string,
  status: 200 | 500,
): Promise<string> {
  const at = new Date()
  const state = status === 200 ? 'sent' : 'failed'
  const { id } = await prisma.webhookMessage.create({
    data: {
      ...{ id: newId(), organizationId, endpointId, type: 'customer.created', state, attempts: 1 },
      ...{ dueAt: at, createdAt: at, settledAt: at, lastStatus: status },
      body: seal('webhook', JSON.stringify({ type: 'customer.created', data: { name: mark } })),
      tries: { create: { number: 1, at, durationMs: 12, status, answer: `Thanks, ${mark}` } },
    },
  })
  return id
}

const importText = (mark: string) =>
  `key,email,status\nIMPORT-${newId()},imported@${mark}.example,active\nIMPORT-${newId()},imported@${mark}.example,perhaps ${mark}\n`

const openUpload = (merchant: Member, mark: string, size = 42) =>
  createImport(merchant, { files: [{ name: `${mark}.csv`, size }] }, new Date())

/** An import whose file is there, and nothing else. */
async function uploadKeys(merchant: Member, mark: string): Promise<string> {
  const content = Buffer.from(importText(mark))
  const { importId } = await openUpload(merchant, mark, content.length)
  await addPart(merchant, { importId, file: 0, part: 0, bytes: content.toString('base64') }, new Date())
  await finishUpload(merchant, { importId })
  return importId
}

/** Checks it here: a job would end at a moment nobody knows. */
async function checkKeys(merchant: Member, importId: string, keyConfigurationId: string): Promise<void> {
  const { settings } = await getImport(merchant, importId)
  if (!settings) throw new Error('the import has no settings')
  await checkImport(merchant, { importId, settings: { ...settings, keyConfigurationId } }, new Date())
  await runImport({ kind: 'system', name: 'Latchkey' }, importId, () => new Date())
}

const call = (verb: string, { key, organization_id }: IssuedKey, more: object = {}) =>
  send({ path: `/api/license/${verb}`, body: { key, organization_id, ...more } })
