'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { changeMisuseSettings, setPolicy } from '#lib/misuse/commands.ts'
import { ConfigurationPolicy, MisuseChoices } from '#lib/misuse/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** Says whom keys of a configuration are sold to. */
export const choosePolicy = formAction(merchantOf, ConfigurationPolicy, async (merchant, input) => {
  await setPolicy(merchant, input, new Date())
  refresh()
  return { message: 'Saved' }
})

/** How long addresses are kept, and which rules act alone. */
export const changeChoices = formAction(merchantOf, MisuseChoices, async (merchant, input) => {
  await changeMisuseSettings(merchant, input, new Date())
  refresh()
  return { message: 'Saved' }
})
