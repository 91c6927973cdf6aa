import type { Metadata } from 'next'
import { createLoader, parseAsString } from 'nuqs/server'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { issueChoices } from '#lib/license-keys/queries.ts'
import { mailState } from '#lib/mail/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { IssueKey } from './issue-key.tsx'

export const metadata: Metadata = { title: 'Issue a key' }

// A link may fill in what it knows.
const loadPrefill = createLoader({
  configuration: parseAsString.withDefault(''),
  product: parseAsString.withDefault(''),
  email: parseAsString.withDefault(''),
  name: parseAsString.withDefault(''),
})

/** Issues one key by hand. */
export default async function IssueKeyPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/license-keys/new'>) {
  const [{ organization }, prefill] = await Promise.all([params, loadPrefill(searchParams)])
  const merchant = await requireMerchant(organization)
  const [choices, mail] = await Promise.all([issueChoices(merchant), mailState(merchant)])
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'License keys', href: paths.licenseKeys({ organization }) }]}
        title="Issue a key"
      />
      {!roleMay(merchant.role, 'keys.write') ? (
        <PageBody narrow>
          <Notice tone="warn" title="Your role cannot issue keys.">
            Ask an owner of the organization.
          </Notice>
        </PageBody>
      ) : choices.length === 0 ? (
        <EmptyState
          className="flex-1"
          title="Create a key configuration first"
          actions={
            <Button variant="primary" href={paths.newKeyConfiguration({ organization })}>
              Create a key configuration
            </Button>
          }
        >
          It says what keys look like, when they expire, and how many devices can use one.
        </EmptyState>
      ) : (
        <PageBody>
          <IssueKey
            organization={organization}
            organizationId={merchant.organizationId}
            url={env().LATCHKEY_URL}
            choices={choices}
            mailWay={mail.way}
            prefill={prefill}
          />
        </PageBody>
      )}
    </>
  )
}
