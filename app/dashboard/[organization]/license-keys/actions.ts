'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { merchantOf } from '#lib/auth/session.ts'
import { startBulkChange } from '#lib/bulk-changes/commands.ts'
import { previewBulkChange } from '#lib/bulk-changes/preview.ts'
import { BulkForm, Reason, Selection } from '#lib/bulk-changes/schema.ts'
import type { KeySelection } from '#lib/bulk-changes/selection.ts'
import { licenseKeyFilterChoices } from '#lib/license-keys/list.ts'
import { changeView, removeView, saveView } from '#lib/saved-views/commands.ts'
import { ChangeView, SaveView, ViewId } from '#lib/saved-views/schema.ts'
import { editAction, formAction } from '#lib/web/action.ts'
import { keyFilter, loadKeyParams } from './params.ts'

// Either the ticked keys, or all that match the list's address.
const selectionOf = (input: z.infer<typeof Selection>): KeySelection =>
  'licenseKeyIds' in input
    ? { ids: input.licenseKeyIds }
    : { filter: keyFilter(loadKeyParams(new URLSearchParams(input.address))) }

const AskedChange = z.intersection(
  Selection,
  BulkForm.transform((action) => ({ action })),
)

/** Says what a change to the selected keys would do to whom; changes nothing. */
export const previewKeys = formAction(merchantOf, AskedChange, async (merchant, { action, ...input }) => ({
  result: await previewBulkChange(merchant, { selection: selectionOf(input), action }, new Date()),
}))

/** Changes the selected keys: a few at once, many in the background. */
export const changeKeys = formAction(
  merchantOf,
  z.intersection(AskedChange, z.object({ reason: Reason, expected: z.coerce.number<string>().int().optional() })),
  async (merchant, { action, reason, expected, ...input }) => {
    const selection = selectionOf(input)
    const begun = await startBulkChange(
      merchant,
      { selection, action, reason, expected, origin: 'list' },
      () => new Date(),
    )
    refresh()
    return { result: begun }
  },
)

/** The configurations that keys can be moved to, and the products they can be sold as. */
export const moveChoices = formAction(merchantOf, z.object({}), async (merchant) => {
  const { configurations, products } = await licenseKeyFilterChoices(merchant)
  const live = (choices: typeof products) =>
    choices.flatMap(({ id, name, archivedAt }) => (archivedAt ? [] : [{ id, name }]))
  return { result: { configurations: live(configurations), products: live(products) } }
})

/** Keeps what the list is asked for under a name. */
export const saveKeyView = formAction(merchantOf, SaveView, async (merchant, input) => {
  const result = await saveView(merchant, input, new Date())
  refresh()
  return { message: `View “${result.name}” saved`, result }
})

/** Changes a saved view. */
export const changeKeyView = editAction(merchantOf, ChangeView, async (merchant, input, opened) => {
  const result = await changeView(merchant, input, opened, new Date())
  refresh()
  return { message: `View “${result.name}” changed`, result }
})

/** Removes a saved view. */
export const removeKeyView = formAction(merchantOf, ViewId, async (merchant, { viewId }) => {
  const result = await removeView(merchant, viewId, new Date())
  refresh()
  return { message: `View “${result.name}” removed`, result }
})
