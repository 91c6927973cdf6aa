'use server'
import { refresh } from 'next/cache'
import { countToken } from '#lib/auth/commands.ts'
import { currentVisitor } from '#lib/auth/session.ts'
import { declineOffer, takeOffer } from '#lib/customers/hand-on.ts'
import { MailedToken } from '#lib/customers/schema.ts'
import { readerAction } from '#lib/web/reader-action.ts'
import type { Words } from '#lib/words/en.ts'

// Whoever has the link reads the mailbox that it went to.

const says = ({ handOn }: Words) => ({ offer: handOn.over, RATE_LIMITED: handOn.tooOften })

/** Takes the key that a mailed link offers. */
export const take = readerAction(
  currentVisitor,
  MailedToken,
  async (visitor, { token }, { words }) => {
    const takeBack = await countToken(visitor)
    const { email } = await takeOffer(token, new Date())
    await takeBack()
    refresh()
    return { message: words.handOn.taken(email) }
  },
  says,
)

/** Says no to it. */
export const decline = readerAction(
  currentVisitor,
  MailedToken,
  async (visitor, { token }, { words }) => {
    const takeBack = await countToken(visitor)
    await declineOffer(token, new Date())
    await takeBack()
    refresh()
    return { message: words.handOn.declined }
  },
  says,
)
