import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { type MailTemplate, mailStates, templateNames } from '#lib/mail/plain.ts'

// Mails that go to people on their own behalf.
const personal: readonly MailTemplate[] = ['sign-in', 'password-link', 'address-link', 'account-news']

/** Templates that an organization sends. */
export const sentTemplates = (Object.keys(templateNames) as MailTemplate[]).filter((name) => !personal.includes(name))

/** The address of the list of mails. */
export const sentParams = {
  ...listParams({ sort: ['createdAt'], by: 'createdAt' }),
  state: filterParam(mailStates),
  template: filterParam(sentTemplates),
}

export const loadSentParams = createLoader(sentParams)
