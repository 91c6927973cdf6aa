import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { Card, CardRow } from '#components/ui/card.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { getEndpoint } from '#lib/webhook-endpoints/queries.ts'
import { inOrder } from '#lib/webhook-endpoints/rules.ts'
import { NotYourRole } from '../../../../not-your-role.tsx'
import { EndpointHeader } from '../endpoint-header.tsx'
import { SwitchButton } from '../switch-button.tsx'
import { EditForm } from './edit-form.tsx'
import { HeaderCard } from './header-card.tsx'
import { RemoveButton } from './remove-button.tsx'
import { SecretCard } from './secret-card.tsx'

export const metadata: Metadata = { title: 'Webhook settings' }

/** Where events go and which, what they are signed with and sent along; switching it off, and removing it. */
export default async function EndpointSettingsPage({
  params,
}: PageProps<'/dashboard/[organization]/settings/webhooks/[id]/settings'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const endpoint = await found(getEndpoint(merchant, id, now))
  const header = <EndpointHeader organization={organization} endpoint={endpoint} now={now} />
  if (!roleMay(merchant.role, 'webhooks.write'))
    return (
      <>
        {header}
        <NotYourRole role={merchant.role} back={paths.webhooks({ organization })} />
      </>
    )
  const { url, description, types, hasKeyStrings, disabledAt } = endpoint
  const of = { organization, endpointId: id }
  return (
    <>
      {header}
      <PageBody narrow>
        <EditForm
          {...of}
          choice={{ url, description, types: inOrder(types), hasKeyStrings }}
          format={endpoint.format}
          allowsPrivate={env().WEBHOOK_PRIVATE_NETWORKS.length > 0}
        />
        <SecretCard {...of} formerSecretUntil={endpoint.formerSecretUntil} />
        <HeaderCard {...of} names={endpoint.headerNames} />
        <Card>
          <CardRow title={disabledAt ? 'Switched off' : 'Switch off'} detail="Nothing is kept meanwhile.">
            <SwitchButton {...of} url={url} off={disabledAt === null} />
          </CardRow>
          <CardRow title="Remove" detail="With the list of what was sent to it.">
            <RemoveButton {...of} url={url} />
          </CardRow>
        </Card>
      </PageBody>
    </>
  )
}
