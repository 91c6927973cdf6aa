import type { Metadata } from 'next'
import { requireMerchant } from '#lib/auth/session.ts'
import { pageOfPurchases } from '#lib/purchases/own.ts'
import { previewOf } from '#lib/purchases/preview.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { PurchaseList, type Ways } from '../../../purchase-list.tsx'
import { NotOpen, PreviewFrame, previewReader } from '../../preview-frame.tsx'

export const metadata: Metadata = { title: { absolute: 'Preview' }, robots: { index: false } }

const PURCHASES_A_PAGE = 20
const KEYS_A_PAGE = 50
const KEYS_SHOWN = 10

/** A customer's purchases as they see them, for members: of this organization alone, and nothing can be done. */
export default async function PreviewedPurchasesPage({
  params,
  searchParams,
}: PageProps<'/purchases/preview/[organization]/[id]'>) {
  const [{ organization, id: customerId }, query] = await Promise.all([params, searchParams])
  const member = await requireMerchant(organization)
  const now = new Date()
  const { viewer, email, name, language } = await found(previewOf(member, customerId, now))
  if (!viewer) return <NotOpen organization={organization} customerId={customerId} name={name ?? email} />
  const reader = previewReader(query.language, language)
  const asked = { organization, id: customerId }
  const chosen = { language: reader.language === language ? null : reader.language }
  const ways: Ways = {
    list: (query) => paths.previewedPurchases(asked, { ...query, ...chosen }),
    key: (key) => paths.previewedKey({ ...asked, key }, chosen),
  }
  const [purchase, page] = [one(query.purchase), Number.parseInt(one(query.page), 10) || 1]
  const purchases = await pageOfPurchases(
    viewer,
    { purchaseId: purchase, page, keysShown: KEYS_SHOWN, size: purchase ? KEYS_A_PAGE : PURCHASES_A_PAGE },
    now,
  )
  return (
    <PreviewFrame
      whose={{ organization, customerId, email }}
      reader={reader}
      home={ways.list()}
      inLanguage={(language) => paths.previewedPurchases(asked, { purchase, page: page > 1 ? page : null, language })}
    >
      <PurchaseList found={purchases} q="" isOne={purchase !== ''} reader={reader} ways={ways} />
    </PreviewFrame>
  )
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''
