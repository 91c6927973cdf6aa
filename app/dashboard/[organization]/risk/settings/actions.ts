'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { KeepAddresses, SetPolicy, TurnRule } from '#lib/misuse/schema.ts'
import { keepAddresses, setPolicy, turnRule } from '#lib/misuse/settings.ts'
import { editAction, formAction } from '#lib/web/action.ts'

/** Says whom keys of a configuration are sold to. */
export const choosePolicy = editAction(merchantOf, SetPolicy, async (merchant, input, opened) => {
  await setPolicy(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved' }
})

/** Says how long shortened addresses are kept. */
export const saveAddressDays = editAction(merchantOf, KeepAddresses, async (merchant, input, opened) => {
  await keepAddresses(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify(input) }
})

/** Switches a rule that acts alone on or off. */
export const turn = formAction(merchantOf, TurnRule, async (merchant, input) => {
  await turnRule(merchant, input, new Date())
  refresh()
  return { message: input.isOn ? 'Switched on' : 'Switched off' }
})
