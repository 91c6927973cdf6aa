import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { type CustomerMail, customerMails } from '#lib/mail/plain.ts'
import { originals, variables } from '#lib/mail-settings/originals.ts'
import { getMailText } from '#lib/mail-settings/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../../not-your-role.tsx'
import { ResetButton } from './reset-button.tsx'
import { TextForm } from './text-form.tsx'

type Props = PageProps<'/dashboard/[organization]/settings/mail/texts/[mail]'>

const mailOf = (name: string): CustomerMail => customerMails.find((mail) => mail === name) ?? notFound()

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: originals[mailOf((await params).mail)].label }
}

/** What one message says, beside what it looks like. */
export default async function MailTextPage({ params }: Props) {
  const { organization, mail: name } = await params
  const mail = mailOf(name)
  const merchant = await requireMerchant(organization)
  const { label, when } = originals[mail]
  const { subject, intro, isOwn } = await getMailText(merchant, mail)
  const mayWrite = roleMay(merchant.role, 'organization.write')
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Mail', href: paths.mail({ organization }) }]}
        title={label}
        status={isOwn && <Badge tone="accent">Your words</Badge>}
        description={when}
        actions={mayWrite && isOwn && <ResetButton organization={organization} mail={mail} label={label} />}
      />
      {mayWrite ? (
        <TextForm
          // After “Back to the original” the fields show what is there now.
          key={isOwn ? 'own' : 'original'}
          organization={organization}
          mail={mail}
          text={{ subject, intro }}
          below={
            mail === 'key-issued' || mail === 'key-again' || mail === 'key-replaced'
              ? 'The key, what it allows and how to activate it stand below.'
              : 'A line that says which one it is about, and a button, stand below.'
          }
          variables={originals[mail].variables.map((variable) => ({
            name: variable,
            means: variables[variable].means,
          }))}
        />
      ) : (
        <NotYourRole role={merchant.role} back={paths.mail({ organization })} />
      )}
    </>
  )
}
