import '#server-only'
import type { DeliveryState } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'

/** What a store sent, as programs are told of it: not its content. */
export type DeliveryRecord = {
  id: string
  connectionId: string
  store: string
  name: string
  test: boolean
  type: string
  state: DeliveryState
  outcome: string[]
  attempts: number
  occurredAt: Date | null
  receivedAt: Date
}

/** Deliveries of the organization's stores by their ids. */
export async function listDeliveryRecords(merchant: Merchant, ids: string[]): Promise<DeliveryRecord[]> {
  assertMay(merchant, 'purchases.read')
  const rows = await prisma.storeDelivery.findMany({
    where: { id: { in: ids.filter(isId) }, connection: { organizationId: merchant.organizationId } },
    select: {
      ...{ id: true, connectionId: true, type: true, state: true, outcome: true, attempts: true },
      ...{ occurredAt: true, receivedAt: true },
      connection: { select: { store: true, name: true, mode: true } },
    },
  })
  return rows.map(({ connection: { store, name, mode }, ...row }) => ({ ...row, store, name, test: mode === 'test' }))
}
