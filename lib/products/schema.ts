import { z } from 'zod'
import { ids, line, paragraphs } from '../base/fields.ts'

/** The bounds of a product's texts. */
export const limits = { name: 80, description: 500 } as const

const fields = {
  name: line('A name', limits.name).min(1, 'Enter a name.'),
  description: z
    .preprocess((value) => value ?? '', paragraphs('A description', limits.description))
    .transform((value): string | null => value || null),
  keyConfigurationIds: ids,
  /** Products whose key goes on with a purchase of this one. */
  takesOver: ids,
}

/** A new product and the key configurations it grants. */
export const CreateProduct = z.object(fields)
export type CreateProduct = z.infer<typeof CreateProduct>

/** All settings of an existing product, as its form sends them. */
export const UpdateProduct = z.object({ ...fields, id: z.guid() })
export type UpdateProduct = z.infer<typeof UpdateProduct>

/** Names one product, to archive or restore it. */
export const ProductId = z.object({ id: z.guid() })
export type ProductId = z.infer<typeof ProductId>
