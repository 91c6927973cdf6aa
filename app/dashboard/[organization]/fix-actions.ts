'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { snoozeTrouble, wakeTrouble } from '#lib/refusals/commands.ts'
import { fixTrouble } from '#lib/refusals/fix.ts'
import { FixTrouble, SnoozeTrouble, WakeTrouble } from '#lib/refusals/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** Puts right what a key was refused for. */
export const fix = formAction(merchantOf, FixTrouble, async (merchant, input) => {
  await fixTrouble(merchant, input, new Date())
  refresh()
  return { message: 'Done' }
})

/** Puts a trouble aside for a while. */
export const snooze = formAction(merchantOf, SnoozeTrouble, async (merchant, input) => {
  await snoozeTrouble(merchant, input, new Date())
  refresh()
  return { message: 'Put aside' }
})

/** Brings a trouble back that was put aside. */
export const wake = formAction(merchantOf, WakeTrouble, async (merchant, input) => {
  await wakeTrouble(merchant, input)
  refresh()
  return { message: 'Back in the queue' }
})
