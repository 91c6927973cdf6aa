import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { misuseSettings } from '#lib/misuse/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { ChoicesForm } from './choices-form.tsx'
import { PolicyList } from './policy-list.tsx'

export const metadata: Metadata = { title: 'Risk settings' }

/** Whom keys are sold to, what is done without asking, and how long addresses are kept. */
export default async function RiskSettingsPage({ params }: PageProps<'/dashboard/[organization]/risk/settings'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const { configurations, ...settings } = await misuseSettings(merchant)
  return (
    <>
      <PageHeader title="Risk settings" breadcrumbs={[{ label: 'Risk', href: paths.risks({ organization }) }]} />
      <PageBody narrow>
        <PolicyList
          organization={organization}
          configurations={configurations.map(({ id, name, audience, seats }) => ({ id, name, audience, seats }))}
          mayWrite={roleMay(merchant.role, 'catalogue.write')}
        />
        <ChoicesForm
          organization={organization}
          settings={settings}
          mayWrite={roleMay(merchant.role, 'organization.write')}
        />
      </PageBody>
    </>
  )
}
