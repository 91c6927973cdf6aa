import type { Metadata } from 'next'
import Link from 'next/link'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listApiKeys } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { ApiKeyRow } from './api-key-row.tsx'

export const metadata: Metadata = { title: 'API keys' }

/** The API keys of an organization: what each may do, when it was used, and how to end it. */
export default async function ApiKeysPage({ params }: PageProps<'/dashboard/[organization]/settings/api-keys'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  if (!roleMay(merchant.role, 'api_keys.write')) {
    return (
      <>
        <PageHeader title="API keys" />
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      </>
    )
  }
  const now = new Date()
  const keys = await listApiKeys(merchant, now)
  const working = keys.filter((key) => key.void === null)
  const ended = keys.filter((key) => key.void !== null)
  const create = (
    <Button variant="primary" href={paths.newApiKey({ organization })}>
      New API key
    </Button>
  )
  const rows = (some: typeof keys) => (
    <ul>
      {some.map((key) => (
        <ApiKeyRow key={key.id} apiKey={key} organization={organization} now={now} />
      ))}
    </ul>
  )
  return (
    <>
      <PageHeader
        title="API keys"
        count={working.length || undefined}
        description={
          <>
            With an API key, your own programs can issue license keys, change them, and read what happened. Software on
            your customers’ computers does not need one.{' '}
            <Link href={paths.reference()} className="text-accent underline underline-offset-2">
              API reference
            </Link>
          </>
        }
        actions={keys.length > 0 && create}
      />
      <PageBody>
        {working.length > 0 && <Card as="div">{rows(working)}</Card>}
        {working.length === 0 && (
          <Card as="div">
            <EmptyState title={ended.length > 0 ? 'No working API keys' : 'No API keys yet'} actions={create}>
              Create one for each program, so that you can revoke one without affecting the others.
            </EmptyState>
          </Card>
        )}
        {ended.length > 0 && (
          <Card>
            <CardHeader title="Revoked and expired" />
            {rows(ended)}
          </Card>
        )}
      </PageBody>
    </>
  )
}
