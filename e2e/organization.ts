// An organization of a test's own, made by the app's commands straight in its database.

import { hashPassword } from '#lib/auth/passwords.ts'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { type ApiScope, apiScopes } from '#lib/base/permissions.ts'
import { prisma } from '#lib/database/client.ts'
import { createKeyConfiguration } from '#lib/key-configurations/commands.ts'
import { type KeyConfigurationSettings, newKeyConfiguration } from '#lib/key-configurations/schema.ts'
import { updateLicenseKey } from '#lib/license-keys/edit.ts'
import { IssueLicenseKey, UpdateLicenseKey } from '#lib/license-keys/schema.ts'
import { createApiKey } from '#lib/organizations/commands.ts'
import { createProduct } from '#lib/products/commands.ts'
import { issueLicenseKey } from '#lib/purchases/issue.ts'
import type { Role } from '#prisma/enums.ts'

/** The password of every member that tests make. */
export const password = 'a long password for tests'

/** An issued key as client software knows it, and its id. */
export type IssuedKey = { id: string; key: string; organization_id: string; benefit_id: string; customerEmail: string }

export type Organization = Awaited<ReturnType<typeof makeOrganization>>

/** Makes an organization with one member, an owner unless told otherwise. */
export async function makeOrganization({ role = 'owner' as Role, name = 'Fable Software' } = {}) {
  const id = newId()
  const slug = `fable-${id.slice(-12)}`
  await prisma.organization.create({ data: { id, slug, name } })
  const merchant = await addMember(id, role)

  return {
    id,
    slug,
    merchant,
    email: merchant.email,
    password,

    /** Another member, with another role. */
    member: (otherRole: Role) => addMember(id, otherRole),

    /** The token of a new API key, with every scope unless told otherwise. */
    apiKey: async (scopes: ApiScope[] = [...apiScopes]): Promise<string> =>
      (await createApiKey(merchant, { name: 'Tests', scopes, expiresOn: null }, new Date())).token,

    /** A configuration: three devices, no expiry, no usage limit, unless told otherwise. */
    configuration: async (over: Partial<KeyConfigurationSettings> = {}): Promise<string> => {
      const settings = { ...newKeyConfiguration, name: `Configuration ${newId().slice(-12)}`, ...over }
      return (await createKeyConfiguration(merchant, settings, new Date())).id
    },

    product: async (
      keyConfigurationIds: string[] = [],
      productName = `Product ${newId().slice(-12)}`,
    ): Promise<string> =>
      (await createProduct(merchant, { name: productName, description: null, keyConfigurationIds }, new Date())).id,

    /** A key of a configuration, issued to a new customer unless one is named. */
    issue: async (
      keyConfigurationId: string,
      over: Partial<{ customerEmail: string; productId: string; sendMail: boolean; reference: string }> = {},
      changes: Record<string, unknown> | null = null,
    ): Promise<IssuedKey> => {
      const customerEmail = over.customerEmail ?? `customer-${newId().slice(-12)}@example.com`
      const input = IssueLicenseKey.parse({ keyConfigurationId, ...over, customerEmail })
      const { licenseKeyId, keyString } = await issueLicenseKey(merchant, input, new Date())
      if (changes) await updateLicenseKey(merchant, UpdateLicenseKey.parse({ licenseKeyId, ...changes }), new Date())
      return { id: licenseKeyId, key: keyString, organization_id: id, benefit_id: keyConfigurationId, customerEmail }
    },
  }
}

async function addMember(organizationId: string, role: Role): Promise<Member> {
  const email = `${role}-${newId().slice(-12)}@example.com`
  const user = await prisma.user.create({
    data: { email, name: 'Mira Member', passwordHash: await hashPassword(password), emailVerifiedAt: new Date() },
  })
  await prisma.membership.create({ data: { organizationId, userId: user.id, role } })
  return { kind: 'merchant', userId: user.id, email, name: user.name, organizationId, role }
}
