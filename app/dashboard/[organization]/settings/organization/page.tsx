import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { DELETION_DAYS } from '#lib/organizations/plain.ts'
import { getOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { ChangeSlug } from './change-slug.tsx'
import { DeleteOrganization, StopDeletion } from './delete-organization.tsx'
import { OrganizationForm } from './organization-form.tsx'

export const metadata: Metadata = { title: 'Organization' }

/** What holds for the whole organization: what customers know it by, where they find help, and where its days begin and end. */
export default async function OrganizationPage({
  params,
}: PageProps<'/dashboard/[organization]/settings/organization'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  if (!roleMay(merchant.role, 'organization.write')) {
    return (
      <>
        <PageHeader title="Organization" />
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      </>
    )
  }
  const { name, slug, supportEmail, websiteUrl, timeZone, deletionDueAt } = await getOrganization(merchant)
  const { host } = new URL(env().LATCHKEY_URL)
  return (
    <>
      <PageHeader title="Organization" description={name} />
      <PageBody narrow>
        <OrganizationForm
          organization={organization}
          settings={{ name, supportEmail, websiteUrl, timeZone }}
          zones={['UTC', ...Intl.supportedValuesOf('timeZone')]}
        />
        <Card className="mt-6">
          <CardHeader title="Address of the dashboard" />
          <CardBody className="flex flex-wrap items-center justify-between gap-3">
            <p className="min-w-[min(100%,260px)] flex-1 break-all text-mute">
              {host}
              {paths.overview({ organization: slug })}
            </p>
            <ChangeSlug organization={slug} host={host} />
          </CardBody>
        </Card>
        {roleMay(merchant.role, 'security.write') && (
          <Card>
            <CardHeader title="Delete the organization" />
            <CardBody className="flex flex-wrap items-center justify-between gap-3">
              <p className="min-w-[min(100%,260px)] flex-1 text-pretty text-mute">
                {deletionDueAt ? (
                  <>
                    <span className="text-bad">
                      It will be deleted on <DateText value={deletionDueAt} />
                    </span>
                    , with everything in it. Until then everything works, and any owner can stop it.
                  </>
                ) : (
                  `With its keys, customers, purchases, history and settings, ${DELETION_DAYS} days after an owner asks for it.`
                )}
              </p>
              {deletionDueAt ? (
                <StopDeletion organization={organization} name={name} />
              ) : (
                <DeleteOrganization organization={organization} name={name} />
              )}
            </CardBody>
          </Card>
        )}
      </PageBody>
    </>
  )
}
