import type { Metadata } from 'next'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { mailState } from '#lib/mail/queries.ts'
import { shownSize } from '#lib/mail-settings/logo.ts'
import { getMailLooks, getMailText } from '#lib/mail-settings/queries.ts'
import { getOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { MailHeader } from '../mail-header.tsx'
import { LogoForm } from './logo-form.tsx'
import { LooksForm } from './looks-form.tsx'

export const metadata: Metadata = { title: 'Looks of mail' }

/** How mails look, and where answers to them go. */
export default async function MailLooksPage({ params }: PageProps<'/dashboard/[organization]/settings/mail/looks'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const { way } = await mailState(merchant)
  if (!roleMay(merchant.role, 'organization.write'))
    return (
      <>
        <MailHeader organization={organization} way={way} />
        <NotYourRole role={merchant.role} back={paths.mail({ organization })} />
      </>
    )
  const [{ chosen, brand }, words, { name, supportEmail }] = await Promise.all([
    getMailLooks(merchant),
    getMailText(merchant, 'key-issued'),
    getOrganization(merchant),
  ])
  const { logo } = brand
  return (
    <>
      <MailHeader organization={organization} way={way} />
      <LooksForm
        organization={organization}
        chosen={chosen}
        otherwise={{ name, supportEmail }}
        words={{ subject: words.subject, intro: words.intro }}
        logoKey={logo ? String(logo.base64.length) + logo.base64.slice(-24) : ''}
      >
        <LogoForm
          organization={organization}
          logo={logo && { src: `data:${logo.type};base64,${logo.base64}`, ...shownSize(logo) }}
        />
      </LooksForm>
    </>
  )
}
