import type { Metadata } from 'next'
import { currentUser, requireCustomer } from '#lib/auth/session.ts'
import { pageOfPurchases } from '#lib/purchases/own.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { PurchaseList, type Ways } from './purchase-list.tsx'
import { PurchasesFrame } from './purchases-frame.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.frame.yourPurchases },
  robots: { index: false },
})

const PURCHASES_A_PAGE = 20
const KEYS_A_PAGE = 50
const KEYS_SHOWN = 10

const ways: Ways = { list: paths.purchases, key: (id) => paths.purchasedKey({ id }) }

/** Everything this person bought, from whichever organization. */
export default async function PurchasesPage({ searchParams }: PageProps<'/purchases'>) {
  const customer = await requireCustomer()
  const query = await searchParams
  const [q, purchaseId] = [one(query.q).trim().slice(0, 100), one(query.purchase)]
  const [found, user, reader] = await Promise.all([
    pageOfPurchases(
      customer,
      {
        ...{ q, purchaseId, keysShown: KEYS_SHOWN },
        page: Number.parseInt(one(query.page), 10) || 1,
        size: purchaseId ? KEYS_A_PAGE : PURCHASES_A_PAGE,
      },
      new Date(),
    ),
    currentUser(),
    currentReader(),
  ])
  return (
    <PurchasesFrame email={customer.email} hasDashboard={Boolean(user?.memberships.length)} reader={reader}>
      <PurchaseList found={found} q={q} isOne={purchaseId !== ''} reader={reader} ways={ways} />
    </PurchasesFrame>
  )
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''
