'use server'
import { revalidatePath } from 'next/cache'
import { Nothing } from '#lib/auth/schema.ts'
import { currentVisitor, requireCustomer } from '#lib/auth/session.ts'
import { askToMove, stopMove } from '#lib/customers/move-address.ts'
import { MoveAddress } from '#lib/customers/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { readerAction } from '#lib/web/reader-action.ts'

const customer = () => requireCustomer(paths.moveAddress())

/** Asks both mailboxes whether everything that was bought goes to another address. */
export const askForMove = readerAction(
  customer,
  MoveAddress,
  async (actor, input, { words, language }) => {
    await askToMove(actor, input, await currentVisitor(), language, new Date())
    revalidatePath(paths.moveAddress())
    return { message: words.address.sent }
  },
  ({ address, signIn }) => ({ email: signIn.notAnAddress, own: address.own, RATE_LIMITED: address.tooOften }),
)

/** Stops that. */
export const stopMoving = readerAction(customer, Nothing, async (actor, _, { words }) => {
  await stopMove(actor, new Date())
  revalidatePath(paths.moveAddress())
  return { message: words.address.stopped }
})
