'use server'
import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { approveRequest, denyRequest, openRequest, sealRequest } from '#lib/activations/approve.ts'
import { findByUserCode } from '#lib/activations/device-requests.ts'
import { currentVisitor, requireCustomer } from '#lib/auth/session.ts'
import { isRefusal, Refusal } from '#lib/base/errors.ts'
import { Text } from '#lib/base/json.ts'
import * as paths from '#lib/web/paths.ts'
import { readerAction, SaidRefusal } from '#lib/web/reader-action.ts'
import { waitFor } from '#lib/words/rules.ts'
import { tooOften } from '../too-often.ts'

const customer = () => requireCustomer(paths.approveDevice())
const gone = () => new Refusal('NOT_FOUND', 'This request is over.', 'request')

/** Leads to the request of a typed code. */
export const findRequest = readerAction(
  customer,
  z.object({ code: z.string().max(100) }),
  async (actor, { code }, { words }) => {
    const found = await findByUserCode(actor, await currentVisitor(), code, new Date()).catch((error) => {
      if (!isRefusal(error) || !('waitMs' in error)) throw error
      throw new SaidRefusal('RATE_LIMITED', words.approve.tooMany(waitFor(words, Number(error.waitMs))), 'code')
    })
    if (!found) throw new SaidRefusal('NOT_FOUND', words.approve.codeWrong, 'code')
    redirect(paths.approveDevice({ request: sealRequest(actor, found.requestId) }))
  },
)

const Sealed = z.object({ request: z.string().max(1_000) })

// A key, and behind a colon the device that gives up its place.
const Choice = z
  .string()
  .regex(/^[0-9a-f-]{36}(:[0-9a-f-]{36})?$/)
  .transform((text) => {
    const [licenseKeyId = '', activationId = null] = text.split(':')
    return { licenseKeyId, activationId }
  })

/** Activates the device that asks with the chosen key. */
export const approve = readerAction(
  customer,
  Sealed.extend({ choice: Choice, label: Text(256) }),
  async (actor, { request: sealed, choice, label }, reader) => {
    const now = new Date()
    const request = await openRequest(actor, sealed, now)
    if (!request) throw gone()
    await approveRequest(actor, request, { ...choice, label }, now).catch((error) => {
      throw tooOften(error, reader)
    })
    refresh()
    return {}
  },
  ({ approve, problems }) => ({ request: approve.over, choice: approve.notTaken, NOT_FOUND: problems.gone }),
)

/** Says no to it. */
export const deny = readerAction(
  customer,
  Sealed,
  async (actor, { request: sealed }) => {
    const now = new Date()
    const request = await openRequest(actor, sealed, now)
    if (!request) throw gone()
    await denyRequest(actor, request, now)
    refresh()
    return {}
  },
  ({ approve }) => ({ request: approve.over }),
)
