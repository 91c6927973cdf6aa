'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { currentVisitor } from '#lib/auth/session.ts'
import { notFound } from '#lib/base/errors.ts'
import { answerQuestion } from '#lib/misuse/ask.ts'
import { readerAction } from '#lib/web/reader-action.ts'

const ids = z.array(z.uuid()).max(200).default([])
const Answer = z.object({ question: z.string(), code: z.string(), shown: ids, mine: ids })

/** Says which devices are the owner's; those that were shown and are not are freed. */
export const answer = readerAction(currentVisitor, Answer, async (visitor, { shown, mine, ...link }, { words }) => {
  const freed = shown.filter((id) => !mine.includes(id))
  const done = await answerQuestion(visitor, { ...link, mine, freed }, new Date())
  if (!done) throw notFound('question')
  refresh()
  return { message: `${words.which.thanks} ${words.which.freed(done.freed)}` }
})
