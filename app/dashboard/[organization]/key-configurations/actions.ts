'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { merchantOf } from '#lib/auth/session.ts'
import { configure } from '#lib/bulk-changes/configure.ts'
import {
  archiveKeyConfiguration,
  createKeyConfiguration,
  restoreKeyConfiguration,
} from '#lib/key-configurations/commands.ts'
import { reviewKeyConfiguration } from '#lib/key-configurations/queries.ts'
import { CreateKeyConfiguration, KeyConfigurationId, UpdateKeyConfiguration } from '#lib/key-configurations/schema.ts'
import { editAction, type FormState, formAction } from '#lib/web/action.ts'

const reviewNew = formAction(merchantOf, CreateKeyConfiguration, async (merchant, input) => ({
  result: { review: await reviewKeyConfiguration(merchant, input, new Date()) },
}))

const create = formAction(merchantOf, CreateKeyConfiguration, async (merchant, input) => ({
  result: { saved: await createKeyConfiguration(merchant, input) },
}))

const reviewEdit = editAction(merchantOf, UpdateKeyConfiguration, async (merchant, input, opened) => ({
  // Saving comes next, and knows what the review knew.
  was: JSON.stringify(opened),
  result: { review: await reviewKeyConfiguration(merchant, input, new Date(), opened) },
}))

const update = editAction(
  merchantOf,
  z.intersection(UpdateKeyConfiguration, z.object({ applies: z.enum(['all', 'new']).default('all') })),
  async (merchant, input, opened) => ({ result: { saved: await configure(merchant, input, new Date(), opened) } }),
)

/** Reviews or saves a new configuration, as the pressed button says. */
export async function submitNewKeyConfiguration(previous: FormState, form: FormData): Promise<FormState> {
  return form.get('step') === 'save' ? create(previous, form) : reviewNew(previous, form)
}

/** Reviews or saves changes to a configuration, as the pressed button says. */
export async function submitKeyConfigurationEdit(previous: FormState, form: FormData): Promise<FormState> {
  return form.get('step') === 'save' ? update(previous, form) : reviewEdit(previous, form)
}

export const archive = formAction(merchantOf, KeyConfigurationId, async (merchant, input) => {
  await archiveKeyConfiguration(merchant, input)
  refresh()
  return {}
})

export const restore = formAction(merchantOf, KeyConfigurationId, async (merchant, input) => {
  await restoreKeyConfiguration(merchant, input)
  refresh()
  return {}
})
