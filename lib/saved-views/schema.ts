import { z } from 'zod'
import { checkbox, line } from '../base/fields.ts'
import { licenseKeySorts } from '../license-keys/plain.ts'
import { NAME_MAX } from './plain.ts'

const fields = {
  name: line('A name', NAME_MAX).min(1, 'Enter a name.'),
  query: z.string().max(2_000, 'That is more than a view can hold.'),
  sort: z.enum(licenseKeySorts).default('createdAt'),
  dir: z.enum(['asc', 'desc']).default('desc'),
  isDefault: checkbox,
}

/** What the list shows, to be kept under a name. */
export const SaveView = z.object(fields)
export type SaveView = z.infer<typeof SaveView>

/** A view as its form sends it. */
export const ChangeView = z.object({ ...fields, viewId: z.uuid() })
export type ChangeView = z.infer<typeof ChangeView>

export const ViewId = z.object({ viewId: z.uuid() })
