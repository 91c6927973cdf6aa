import { Day } from '#components/reader-moment.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { toneText } from '#components/ui/tones.ts'
import { purchaseForCustomer } from '#lib/purchases/look.ts'
import type { PurchasedKeyDetail } from '#lib/purchases/own.ts'
import { type StoreName, storeLabels } from '#lib/store-facts/schema.ts'
import type { Words } from '#lib/words/en.ts'
import { endFor } from '#lib/words/rules.ts'

/** What was bought, when, from whom and where it stands: what somebody needs who looks for their receipt. */
export function Receipt({ licenseKey, words, zone }: { licenseKey: PurchasedKeyDetail; words: Words; zone: string }) {
  const { purchase, standing, version, entitlements, createdAt, brand, name, expiresAt } = licenseKey
  const say = words.key
  const said = standing && purchaseForCustomer(standing.shown, standing, words, (moment) => endFor(words, moment, zone))
  const store = purchase?.store ? storeLabels[purchase.store as StoreName] : null
  return (
    <Card>
      <CardHeader title={say.receipt}>{purchase?.kind === 'subscription' ? say.subscription : null}</CardHeader>
      <CardBody>
        <DescriptionList>
          {purchase && <Description name={say.order}>{purchase.reference}</Description>}
          <Description name={purchase ? say.bought : say.issued}>
            <Day value={purchase?.purchasedAt ?? createdAt} words={words} zone={zone} />
          </Description>
          <Description name={say.product}>{name}</Description>
          {purchase && purchase.quantity > 1 && (
            <Description name={say.quantity}>{words.number(purchase.quantity)}</Description>
          )}
          {said && (
            <Description name={say.standing}>
              <span className={toneText[said.tone]}>{said.text}</span>
            </Description>
          )}
          <Description name={say.validUntil}>{expiresAt ? endFor(words, expiresAt, zone) : say.noEnd}</Description>
          {version && <Description name={say.version}>{version}</Description>}
          {entitlements.length > 0 && <Description name={say.includes}>{entitlements.join(', ')}</Description>}
          <Description name={say.seller}>{brand.name}</Description>
          {store && <Description name={say.via}>{store}</Description>}
          {purchase && <Description name={say.buyer}>{purchase.buyer}</Description>}
        </DescriptionList>
      </CardBody>
    </Card>
  )
}
