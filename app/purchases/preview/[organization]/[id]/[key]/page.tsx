import type { Metadata } from 'next'
import { requireMerchant } from '#lib/auth/session.ts'
import { previewedKey, previewOf } from '#lib/purchases/preview.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { KeyDetails } from '../../../../key-details.tsx'
import { NotOpen, PreviewFrame, previewReader } from '../../../preview-frame.tsx'

export const metadata: Metadata = { title: { absolute: 'Preview' }, robots: { index: false } }

/** One of a customer's keys as they see it, for members. */
export default async function PreviewedKeyPage({
  params,
  searchParams,
}: PageProps<'/purchases/preview/[organization]/[id]/[key]'>) {
  const [{ organization, id: customerId, key: keyId }, query] = await Promise.all([params, searchParams])
  const member = await requireMerchant(organization)
  const now = new Date()
  const { viewer, email, name, language } = await found(previewOf(member, customerId, now))
  if (!viewer) return <NotOpen organization={organization} customerId={customerId} name={name ?? email} />
  const reader = previewReader(query.language, language)
  const asked = { organization, id: customerId }
  const key = await found(previewedKey(member, viewer, keyId, now))
  const home = paths.previewedPurchases(asked, { language: reader.language === language ? null : reader.language })
  return (
    <PreviewFrame
      whose={{ organization, customerId, email }}
      reader={reader}
      home={home}
      inLanguage={(language) => paths.previewedKey({ ...asked, key: keyId }, { language })}
    >
      <KeyDetails licenseKey={key} reader={reader} now={now} home={home} />
    </PreviewFrame>
  )
}
