'use server'
import { refresh } from 'next/cache'
import { countToken } from '#lib/auth/commands.ts'
import { currentVisitor } from '#lib/auth/session.ts'
import { confirmMove, declineMove } from '#lib/customers/move-address.ts'
import { MailedToken } from '#lib/customers/schema.ts'
import { readerAction } from '#lib/web/reader-action.ts'
import type { Words } from '#lib/words/en.ts'

// Whoever has the link reads the mailbox that it went to.

const says = ({ address }: Words) => ({ move: address.over, RATE_LIMITED: address.tooOften })

/** Says yes from one mailbox. */
export const sayYes = readerAction(
  currentVisitor,
  MailedToken,
  async (visitor, { token }) => {
    const takeBack = await countToken(visitor)
    await confirmMove(token, new Date())
    await takeBack()
    refresh()
    return {}
  },
  says,
)

/** Says no from one mailbox. */
export const sayNo = readerAction(
  currentVisitor,
  MailedToken,
  async (visitor, { token }, { words }) => {
    const takeBack = await countToken(visitor)
    await declineMove(token, new Date())
    await takeBack()
    refresh()
    return { message: words.address.stopped }
  },
  says,
)
