import type { Metadata } from 'next'
import Link from 'next/link'
import { EventList } from '#components/event-list.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Stat, StatRow } from '#components/ui/stat.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { latestEvents } from '#lib/events/queries.ts'
import { getProduct } from '#lib/products/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { ArchiveButton, KeysKeepWorking } from '../../archive-button.tsx'
import { archive, restore } from '../actions.ts'
import { inShort } from '../product-words.ts'

export const metadata: Metadata = { title: 'Product' }

/** One product: what it grants, what was sold, how it changed. */
export default async function ProductPage({ params }: PageProps<'/dashboard/[organization]/products/[id]'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const product = await found(getProduct(merchant, id))
  const now = new Date()
  const events = await latestEvents(merchant, { groups: ['catalogue'], productId: product.id }, 8)
  const keysHref = (status?: string) => paths.licenseKeys({ organization }, { product: product.id, status })
  const mayWrite = roleMay(merchant.role, 'catalogue.write')
  const mayIssue =
    roleMay(merchant.role, 'keys.write') &&
    product.archivedAt === null &&
    product.keyConfigurations.some((configuration) => configuration.archivedAt === null)
  return (
    <>
      <PageHeader
        title={product.name}
        breadcrumbs={[{ label: 'Products', href: paths.products({ organization }) }]}
        status={product.archivedAt && <Badge tone="off">Archived</Badge>}
        description={product.description}
        actions={
          <>
            {mayWrite && (
              <>
                <ArchiveButton
                  organization={organization}
                  id={product.id}
                  name={product.name}
                  archived={product.archivedAt !== null}
                  action={product.archivedAt ? restore : archive}
                >
                  {product.archivedAt ? (
                    'It is offered again when keys are issued.'
                  ) : (
                    <>
                      It is no longer offered when keys are issued.{' '}
                      <KeysKeepWorking keys={product.keys.total} issued="for it" />
                    </>
                  )}
                </ArchiveButton>
                <Button href={paths.editProduct({ organization, id: product.id })}>Edit</Button>
              </>
            )}
            {mayIssue && (
              <Button variant="primary" href={paths.newLicenseKey({ organization }, { product: product.id })}>
                Issue key
              </Button>
            )}
          </>
        }
      />
      <PageBody
        aside={
          <DescriptionList>
            {product.takenOver.length > 0 && (
              <Description name="Takes over the key of">
                <ul>
                  {product.takenOver.map(({ id, name }) => (
                    <li key={id}>
                      <Link
                        href={paths.product({ organization, id })}
                        className="break-words underline-offset-3 hover:underline"
                      >
                        {name}
                      </Link>
                    </li>
                  ))}
                </ul>
              </Description>
            )}
            <Description name="Created">
              <DateText value={product.createdAt} />
            </Description>
            <Description name="Changed">
              <DateText value={product.updatedAt} />
            </Description>
            <Description name="Product id">
              <span className="flex items-start gap-1">
                <code className="break-all font-mono text-sm leading-5">{product.id}</code>
                <CopyButton value={product.id} label="Copy product id" className="-my-1" />
              </span>
            </Description>
          </DescriptionList>
        }
      >
        <StatRow>
          <Stat
            label="Purchases"
            value={numberText(product.purchases)}
            href={paths.sales({ organization }, { product: product.id })}
          />
          <Stat label="Keys" value={numberText(product.keys.total)} href={keysHref()} />
          <Stat label="Disabled" value={numberText(product.keys.disabled)} href={keysHref('disabled')} />
          <Stat label="Revoked" value={numberText(product.keys.revoked)} href={keysHref('revoked')} />
        </StatRow>
        <Card>
          <CardHeader title="Grants">with each purchase</CardHeader>
          {product.keyConfigurations.length === 0 ? (
            <CardBody className="text-mute">
              Nothing yet: a purchase issues no key.{' '}
              {mayWrite && (
                <Link
                  href={paths.editProduct({ organization, id: product.id })}
                  className="text-accent underline underline-offset-2"
                >
                  Choose key configurations
                </Link>
              )}
            </CardBody>
          ) : (
            <ul>
              {product.keyConfigurations.map((configuration) => (
                <li
                  key={configuration.id}
                  className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 border-line2 border-t px-3.5 py-2.5 first:border-t-0"
                >
                  <div className="min-w-0 flex-1 basis-64">
                    <p className="flex items-center gap-2">
                      <Link
                        href={paths.keyConfiguration({ organization, id: configuration.id })}
                        className="truncate font-medium underline-offset-3 hover:underline"
                      >
                        {configuration.name}
                      </Link>
                      {configuration.archivedAt && <Badge tone="off">Archived: issues no keys</Badge>}
                    </p>
                    <p className="text-pretty text-mute">{inShort(configuration.words)}</p>
                  </div>
                  <span className="text-mute">{countText(configuration.keys, 'key')} issued</span>
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card>
          <CardHeader title="History" />
          <EventList events={events} now={now} />
        </Card>
      </PageBody>
    </>
  )
}
