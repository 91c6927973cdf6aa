import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { currentUser, requireCustomer } from '#lib/auth/session.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { getPurchasedKey } from '#lib/purchases/own.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { KeyDetails } from '../key-details.tsx'
import { PurchasesFrame } from '../purchases-frame.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.key.title },
  robots: { index: false },
})

/** One key as its owner needs it: the key, how to use it, where it is in use, what is left. */
export default async function PurchasedKeyPage({ params }: PageProps<'/purchases/[id]'>) {
  const { id } = await params
  const customer = await requireCustomer(paths.purchasedKey({ id }))
  const now = new Date()
  const key = await getPurchasedKey(customer, id, now).catch((error) => {
    if (isRefusal(error)) notFound()
    throw error
  })
  const [user, reader] = await Promise.all([currentUser(), currentReader()])
  return (
    <PurchasesFrame email={customer.email} hasDashboard={Boolean(user?.memberships.length)} reader={reader}>
      <KeyDetails licenseKey={key} reader={reader} now={now} home={paths.purchases()} />
    </PurchasesFrame>
  )
}
