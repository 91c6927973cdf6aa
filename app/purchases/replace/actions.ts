'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { readAsk } from '#lib/activations/ask.ts'
import { replaceDevice } from '#lib/activations/replace.ts'
import { ActivationId } from '#lib/activations/schema.ts'
import { requireCustomer } from '#lib/auth/session.ts'
import { notFound } from '#lib/base/errors.ts'
import { readerAction } from '#lib/web/reader-action.ts'
import { tooOften } from '../too-often.ts'

const Replace = ActivationId.extend({ ask: z.string().max(8_000) })

/** Gives the place of a device to the one that its software asked for. */
export const replace = readerAction(
  () => requireCustomer(),
  Replace,
  async (customer, { ask: sealed, activationId }, reader) => {
    const now = new Date()
    const ask = readAsk(sealed, now)
    if (!ask) throw notFound('link')
    await replaceDevice(customer, ask, activationId, now).catch((error) => {
      throw tooOften(error, reader)
    })
    refresh()
    return {}
  },
  ({ replace, problems }) => ({ NOT_FOUND: problems.gone, key: replace.gone, activationId: replace.choose }),
)
