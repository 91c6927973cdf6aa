'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { archiveProduct, createProduct, restoreProduct, updateProduct } from '#lib/products/commands.ts'
import { CreateProduct, ProductId, UpdateProduct } from '#lib/products/schema.ts'
import { editAction, formAction } from '#lib/web/action.ts'

export const create = formAction(merchantOf, CreateProduct, async (merchant, input) => ({
  result: await createProduct(merchant, input),
}))

export const update = editAction(merchantOf, UpdateProduct, async (merchant, input, opened) => ({
  result: await updateProduct(merchant, input, new Date(), opened),
}))

export const archive = formAction(merchantOf, ProductId, async (merchant, input) => {
  await archiveProduct(merchant, input)
  refresh()
  return {}
})

export const restore = formAction(merchantOf, ProductId, async (merchant, input) => {
  await restoreProduct(merchant, input)
  refresh()
  return {}
})
