'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { merchantOf } from '#lib/auth/session.ts'
import {
  resetMailText,
  saveMailLogo,
  saveMailLooks,
  saveMailText,
  sendTestMail,
  switchMail,
} from '#lib/mail-settings/commands.ts'
import { originals } from '#lib/mail-settings/originals.ts'
import { MailLogo, MailLooks, MailName, MailPreview, MailTextInput, SwitchMail } from '#lib/mail-settings/schema.ts'
import { previewMail } from '#lib/mailer/sample.ts'
import { editAction, type FormAction, formAction } from '#lib/web/action.ts'

/** Switches one message on or off. */
export const switchOne = formAction(merchantOf, SwitchMail, async (merchant, input) => {
  await switchMail(merchant, input, new Date())
  refresh()
  return { message: `${originals[input.mail].label}: ${input.on ? 'on' : 'off'}` }
})

/** Changes how mails look. */
export const saveLooks = editAction(merchantOf, MailLooks, async (merchant, input, opened) => {
  await saveMailLooks(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify({ ...opened, ...input }) }
})

const keepLogo = formAction(merchantOf, MailLogo, async (merchant, input) => {
  await saveMailLogo(merchant, input, new Date())
  refresh()
  return { message: 'Logo saved' }
})

/** Keeps the picture that stands above mails. It comes as a file, and the action takes it as text. */
export const saveLogo: FormAction = async (previous, form) => {
  const picture = form.get('logo')
  // What is too large is refused by its size, whatever is in it.
  const bytes = picture instanceof Blob ? Buffer.from(await picture.slice(0, 850_000).arrayBuffer()) : null
  if (bytes) form.set('logo', bytes.toString('base64'))
  const { values: _, ...state } = await keepLogo(previous, form)
  return state
}

/** Takes the picture away. */
export const removeLogo = formAction(merchantOf, z.object({}), async (merchant) => {
  await saveMailLogo(merchant, null, new Date())
  refresh()
  return { message: 'Logo removed' }
})

/** Writes other words into a message. */
export const saveText = editAction(merchantOf, MailTextInput, async (merchant, input, opened) => {
  await saveMailText(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify({ subject: input.subject, intro: input.intro }) }
})

/** Goes back to our words. */
export const resetText = formAction(merchantOf, MailName, async (merchant, input) => {
  await resetMailText(merchant, input, new Date())
  refresh()
  return { message: 'Back to the original' }
})

/** What a message that is being written looks like. */
export const preview = formAction(merchantOf, MailPreview, async (merchant, input) => ({
  result: await previewMail(merchant, input),
}))

/** Sends a message that is being written to whoever writes it. */
export const sendTest = formAction(merchantOf, MailTextInput, async (merchant, input) => {
  const { to } = await sendTestMail(merchant, input, new Date())
  return { message: `On its way to ${to}` }
})
