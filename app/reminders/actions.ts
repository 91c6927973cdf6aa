'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { currentVisitor } from '#lib/auth/session.ts'
import { notFound } from '#lib/base/errors.ts'
import { checkbox } from '#lib/base/fields.ts'
import { stopReminders } from '#lib/mail-settings/reminders.ts'
import { readerAction } from '#lib/web/reader-action.ts'

const Reminders = z.object({ mail: z.string(), code: z.string(), stop: checkbox })

/** Stops reminders, or lets them come again, for whoever has the link of one. */
export const setReminders = readerAction(currentVisitor, Reminders, async (visitor, { stop, ...link }) => {
  if (!(await stopReminders(visitor, link, stop, new Date()))) throw notFound('reminder')
  refresh()
  return {}
})
