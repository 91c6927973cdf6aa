import type { Metadata } from 'next'
import { HighlightedCode } from '#components/highlighted-code.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { merchantMay } from '#lib/base/permissions.ts'
import { getKeyConfiguration } from '#lib/key-configurations/queries.ts'
import { listLicenseKeys } from '#lib/license-keys/list.ts'
import { sampleKeyString } from '#lib/license-keys/plain.ts'
import type { SnippetFacts } from '#lib/snippets/schema.ts'
import { snippetNames, snippets } from '#lib/vendors/snippets.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { Facts } from './facts.tsx'
import { loadIntegrateParams } from './params.ts'
import { TestCall } from './test-call.tsx'

export const metadata: Metadata = { title: 'Integrate' }

const KEYS_TO_CHOOSE = 20

/** How a program asks about keys of this configuration: ready to copy, and to try here. */
export default async function IntegratePage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/key-configurations/[id]/integrate'>) {
  const [{ organization, id }, { language, accept }] = await Promise.all([params, loadIntegrateParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const configuration = await found(getKeyConfiguration(merchant, id, now))
  const { settings } = configuration
  const mayReveal = merchantMay(merchant, 'keys.reveal')
  const { keys } = mayReveal
    ? await listLicenseKeys(
        merchant,
        { configurationIds: [configuration.id] },
        { page: 1, size: KEYS_TO_CHOOSE, sort: 'createdAt', dir: 'desc' },
        now,
      )
    : { keys: [] }

  const products = configuration.products.filter(({ archivedAt }) => archivedAt === null)
  const product =
    accept === 'configuration' ? null : (products.find((each) => each.id === accept) ?? products[0] ?? null)
  const facts: SnippetFacts = {
    url: env().LATCHKEY_URL.replace(/\/+$/, ''),
    organizationId: merchant.organizationId,
    keyConfigurationId: configuration.id,
    productId: product?.id ?? null,
    sampleKey: sampleKeyString(settings.format, settings.prefix),
  }
  const href = (to: { language?: string; accept?: string }) =>
    paths.integrate({ organization, id: configuration.id }, { language, accept, ...to })
  const tab = snippets[language]
  return (
    <>
      <PageHeader
        title="Integrate"
        breadcrumbs={[
          { label: 'Key configurations', href: paths.keyConfigurations({ organization }) },
          { label: settings.name, href: paths.keyConfiguration({ organization, id: configuration.id }) },
        ]}
      />
      <Tabs
        label="Languages"
        items={snippetNames.map((name) => ({ label: snippets[name].label, href: href({ language: name }) }))}
        current={href({ language })}
      />
      <PageBody aside={<Facts facts={facts} products={products} productId={facts.productId} href={href} />}>
        <p className="text-pretty text-mute">{tab.about}</p>
        {settings.activationsMode === 'off' && (
          <Notice title="Keys of this configuration take no devices.">
            Activating answers ACTIVATIONS_OFF; the programs then validate the key alone.
          </Notice>
        )}
        {tab.blocks(facts).map(({ title, grammar, code }) => (
          <HighlightedCode key={title} title={title} grammar={grammar} code={code} />
        ))}
        <TestCall
          key={facts.productId}
          organization={organization}
          facts={facts}
          mayReveal={mayReveal}
          keys={keys.map(({ id: keyId, masked, customer, status }) => ({
            id: keyId,
            masked,
            about: `${customer.name ?? customer.email}, ${status}`,
          }))}
        />
      </PageBody>
    </>
  )
}
