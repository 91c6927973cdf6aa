import type { Route } from 'next'
import Link from 'next/link'
import type { ComponentProps } from 'react'
import { EmailText } from '#components/email-text.tsx'
import { PurchaseState } from '#components/purchase-state.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description as Described, DescriptionList } from '#components/ui/description-list.tsx'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import { reasonsInWords } from '#lib/license-keys/rules.ts'
import { shownPurchase, sourceWords } from '#lib/purchases/look.ts'
import { storeLabels } from '#lib/stores/setups.ts'
import * as paths from '#lib/web/paths.ts'

/** Whose key it is, what it was made from, and why it is as it is. `brief`: what there is nothing to say of stays out. */
export function KeyFacts({
  licenseKey,
  organization,
  brief = false,
}: {
  licenseKey: LicenseKeyDetail
  organization: string
  brief?: boolean
}) {
  const Description = brief ? Told : Described
  const { customer, product, configuration, purchase } = licenseKey
  return (
    <DescriptionList className="pt-1">
      <Description name="Customer">
        <TextLink href={paths.customer({ organization, id: customer.id })}>{customer.name ?? customer.email}</TextLink>
        {customer.name && (
          <span className="block text-mute">
            <EmailText email={customer.email} />
          </span>
        )}
      </Description>
      <Description name="Product">
        {product && <TextLink href={paths.product({ organization, id: product.id })}>{product.name}</TextLink>}
      </Description>
      <Description name="Configuration">
        <TextLink href={paths.keyConfiguration({ organization, id: configuration.id })}>{configuration.name}</TextLink>
      </Description>
      <Description name="Purchase">
        {purchase && (
          <>
            <TextLink href={paths.sale({ organization, id: purchase.id })}>{purchase.reference}</TextLink>
            <PurchaseState
              purchase={{ ...purchase, shown: shownPurchase(purchase), timeZone: licenseKey.timeZone }}
              className="w-full"
            />
            <span className="block text-mute">
              {storeLabels[purchase.store as keyof typeof storeLabels] ?? sourceWords[purchase.source]},{' '}
              {purchase.kind === 'subscription' ? 'subscription' : 'one-time'}
            </span>
          </>
        )}
      </Description>
      <Told name="Revoked because">
        {licenseKey.revokedFor.length > 0 ? reasonsInWords(licenseKey.revokedFor) : undefined}
      </Told>
      <Told name="Held">
        {licenseKey.held ? (
          <>
            <Badge tone="warn">Held</Badge>
            <span className="block text-mute">Someone chose to keep this key, whatever happens to its purchase.</span>
          </>
        ) : undefined}
      </Told>
      <Told name="Purchased">{purchase && <DateText value={purchase.purchasedAt} />}</Told>
      <Description name="Issued">
        <DateText value={licenseKey.createdAt} />
      </Description>
      <Description name="Version">{licenseKey.version}</Description>
      <Description name="Entitlements">
        {licenseKey.entitlements.length === 0 ? undefined : (
          <span className="flex flex-wrap gap-1">
            {licenseKey.entitlements.map((name) => (
              <Badge key={name} tone="accent">
                {name}
              </Badge>
            ))}
          </span>
        )}
      </Description>
      <Description name="Key id">
        <span className="-my-1 flex items-center gap-1">
          <code className="font-mono text-sm" title={licenseKey.id}>
            {licenseKey.id.slice(0, 8)}…{licenseKey.id.slice(-4)}
          </code>
          <CopyButton value={licenseKey.id} label="Copy key id" />
        </span>
      </Description>
    </DescriptionList>
  )
}

/** Says nothing where there is nothing. */
const Told = (props: ComponentProps<typeof Described>) => (props.children ? <Described {...props} /> : null)

function TextLink({ href, children }: { href: Route; children: string }) {
  return (
    <Link href={href} className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current">
      {children}
    </Link>
  )
}
