// An organization with something of everything in it, all of it marked with one word that occurs nowhere else.
import { expect } from '@playwright/test'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { apiScopes } from '#lib/base/permissions.ts'
import { prisma } from '#lib/database/client.ts'
import { addPart, checkImport, createImport, finishUpload } from '#lib/imports/commands.ts'
import { getImport } from '#lib/imports/queries.ts'
import { runImport } from '#lib/imports/run.ts'
import { disableLicenseKeys, revokeLicenseKeys } from '#lib/license-keys/change.ts'
import { createApiKey } from '#lib/organizations/commands.ts'
import { updateProduct } from '#lib/products/commands.ts'
import { callAction } from './actions.ts'
import { send } from './http.ts'
import { type IssuedKey, makeOrganization } from './organization.ts'
import { makePerson, sessionHeader } from './session.ts'

export type FullOrganization = Awaited<ReturnType<typeof makeFullOrganization>>

export async function makeFullOrganization() {
  const mark = `quokka${newId().slice(-8)}`
  const shop = await makeOrganization({ name: `Maison ${mark}` })
  await prisma.organization.update({ where: { id: shop.id }, data: { supportEmail: `help@${mark}.example` } })

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
  const { batchId: disabledBatchId } = await disableLicenseKeys(
    shop.merchant,
    { licenseKeyIds: [disabled.id], reason: `Asked by ${mark}` },
    new Date(),
  )
  const { batchId: revokedBatchId } = await revokeLicenseKeys(
    shop.merchant,
    { licenseKeyIds: [revoked.id], reason: '' },
    new Date(),
  )

  // Only the app has a queue; a mail of ours would wait for the next sweep.
  const { cookie } = await sessionHeader(shop.merchant.userId)
  const ids = {
    ...{ slug: shop.slug, configurationId, productId, keyId: key.id },
    ...{ customerId: '', mailId: '', importId: '', checkedImportId: '' },
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
        return { mails, validations: hours._sum.count }
      },
      { message: 'mails are sent and validations counted', timeout: 20_000 },
    )
    .toEqual({ mails: 1, validations: 3 })

  const importId = await uploadKeys(shop.merchant, mark)
  const checkedImportId = await uploadKeys(shop.merchant, mark)
  const otherImportId = await uploadKeys(shop.merchant, mark)
  for (const id of [checkedImportId, otherImportId]) await checkKeys(shop.merchant, id, configurationId)
  const opened = await openUpload(shop.merchant, mark)

  const { apiKeyId, token } = await createApiKey(
    shop.merchant,
    { name: `Shop server of ${mark}`, scopes: [...apiScopes], expiresOn: null },
    new Date(),
  )
  const colleague = await shop.member('admin')
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
  const mail = await prisma.mail.findFirstOrThrow({ where: { organizationId: shop.id } })
  const purchase = await prisma.purchase.findFirstOrThrow({ where: { organizationId: shop.id } })
  const event = await prisma.event.findFirstOrThrow({ where: { organizationId: shop.id, licenseKeyId: key.id } })
  return {
    ...shop,
    mark,
    alice,
    bob,
    configurationId,
    spareConfigurationId,
    productId,
    spareProductId,
    customerId: customer.id,
    purchaseId: purchase.id,
    eventId: event.id,
    mailId: mail.id,
    apiKeyId,
    token,
    colleagueId: colleague.userId,
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
    disabledBatchId,
    revokedBatchId,
  }
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
