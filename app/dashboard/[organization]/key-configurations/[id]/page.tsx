import type { Metadata } from 'next'
import Link from 'next/link'
import { EventList } from '#components/event-list.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardRow } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { Markdown } from '#components/ui/markdown.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Stat, StatRow } from '#components/ui/stat.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { latestEvents } from '#lib/events/queries.ts'
import { getKeyConfiguration } from '#lib/key-configurations/queries.ts'
import { sampleKeyString } from '#lib/license-keys/plain.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { ArchiveButton, KeysKeepWorking } from '../../archive-button.tsx'
import { archive, restore } from '../actions.ts'
import { Warnings } from '../review-step.tsx'
import { Terms } from '../terms.tsx'

export const metadata: Metadata = { title: 'Key configuration' }

/** One key configuration: what it says, who follows it, how it came about. */
export default async function KeyConfigurationPage({
  params,
}: PageProps<'/dashboard/[organization]/key-configurations/[id]'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const configuration = await found(getKeyConfiguration(merchant, id, now))
  const events = await latestEvents(merchant, { groups: ['catalogue'], keyConfigurationId: configuration.id }, 8)
  const { settings, words, keys, products } = configuration
  const keysHref = (status?: string) => paths.licenseKeys({ organization }, { configuration: configuration.id, status })
  const granting = new Intl.ListFormat('en').format(products.map((product) => product.name))
  const mayWrite = roleMay(merchant.role, 'catalogue.write')
  const mayIssue = roleMay(merchant.role, 'keys.write') && configuration.archivedAt === null
  return (
    <>
      <PageHeader
        title={settings.name}
        breadcrumbs={[{ label: 'Key configurations', href: paths.keyConfigurations({ organization }) }]}
        status={configuration.archivedAt && <Badge tone="off">Archived</Badge>}
        actions={
          <>
            <Button href={paths.integrate({ organization, id: configuration.id })}>Integrate</Button>
            {mayWrite && (
              <>
                <ArchiveButton
                  organization={organization}
                  id={configuration.id}
                  name={settings.name}
                  archived={configuration.archivedAt !== null}
                  action={configuration.archivedAt ? restore : archive}
                >
                  {configuration.archivedAt ? (
                    `Keys can be issued from it again${granting && `, also by ${granting}`}.`
                  ) : (
                    <>
                      No new keys can be issued from it
                      {granting && `, so ${granting} ${products.length === 1 ? 'stops' : 'stop'} granting them`}.{' '}
                      <KeysKeepWorking keys={keys.total} issued="from it" />
                    </>
                  )}
                </ArchiveButton>
                <Button href={paths.editKeyConfiguration({ organization, id: configuration.id })}>Edit</Button>
              </>
            )}
            {mayIssue && (
              <Button
                variant="primary"
                href={paths.newLicenseKey({ organization }, { configuration: configuration.id })}
              >
                Issue key
              </Button>
            )}
          </>
        }
      />
      <PageBody
        aside={
          <>
            <DescriptionList>
              <Description name="Sample key">
                <code className="break-all font-mono text-sm">{sampleKeyString(settings.format, settings.prefix)}</code>
              </Description>
              <Description name="Created">
                <DateText value={configuration.createdAt} />
              </Description>
              <Description name="Changed">
                <DateText value={configuration.updatedAt} />
              </Description>
              <Description name="Configuration id">
                <span className="flex items-start gap-1">
                  <code className="break-all font-mono text-sm leading-5">{configuration.id}</code>
                  <CopyButton value={configuration.id} label="Copy configuration id" className="-my-1" />
                </span>
              </Description>
            </DescriptionList>
            <Card>
              <CardHeader title="Products" />
              {products.length === 0 ? (
                <CardBody className="text-mute">
                  No product grants it. Keys can be issued by hand; add a product to issue one with each purchase.
                </CardBody>
              ) : (
                products.map((product) => (
                  <CardRow
                    key={product.id}
                    title={
                      <Link
                        href={paths.product({ organization, id: product.id })}
                        className="underline-offset-3 hover:underline"
                      >
                        {product.name}
                      </Link>
                    }
                  >
                    {product.archivedAt && <Badge tone="off">Archived</Badge>}
                  </CardRow>
                ))
              )}
            </Card>
          </>
        }
      >
        <StatRow>
          <Stat label="Keys" value={numberText(keys.total)} href={keysHref()} />
          <Stat label="Active" value={numberText(keys.active)} href={keysHref('active,expiring,grace')} />
          <Stat label="Expired" value={numberText(keys.expired)} href={keysHref('expired')} />
          <Stat label="Disabled" value={numberText(keys.disabled)} href={keysHref('disabled')} />
          <Stat label="Revoked" value={numberText(keys.revoked)} href={keysHref('revoked')} />
        </StatRow>
        <Warnings warnings={configuration.warnings} />
        <Card>
          <CardHeader title="Settings" />
          <CardBody>
            <DescriptionList>
              <Terms words={words} />
            </DescriptionList>
          </CardBody>
        </Card>
        {settings.instructions && (
          <Card>
            <CardHeader title="Instructions" />
            <CardBody>
              <Markdown>{settings.instructions}</Markdown>
            </CardBody>
          </Card>
        )}
        <Card>
          <CardHeader title="History" />
          <EventList events={events} now={now} />
        </Card>
      </PageBody>
    </>
  )
}
