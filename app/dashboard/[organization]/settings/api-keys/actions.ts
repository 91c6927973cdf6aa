'use server'
import { refresh } from 'next/cache'
import { confirmedMerchantOf, merchantOf } from '#lib/auth/session.ts'
import { createApiKey, revokeApiKey } from '#lib/organizations/commands.ts'
import { ApiKeyId, CreateApiKey } from '#lib/organizations/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** What the page shows once an API key is made; the token only this once. */
export type CreatedKey = { name: string; token: string }

/** Makes an API key and hands its token back. */
export const createKey = formAction(confirmedMerchantOf, CreateApiKey, async (merchant, input) => {
  const { token } = await createApiKey(merchant, input, new Date())
  return { result: { name: input.name, token } satisfies CreatedKey }
})

/** Ends an API key. */
export const revokeKey = formAction(merchantOf, ApiKeyId, async (merchant, input) => {
  const { name } = await revokeApiKey(merchant, input, new Date())
  refresh()
  return { message: `${name} revoked` }
})
