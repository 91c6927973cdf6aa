import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../actor.ts'
import { prisma } from '../db.ts'
import { type EventData, type EventGroup, EventType, type HistoryEvent, typesOfGroup } from './schema.ts'

const columns = {
  id: true,
  type: true,
  at: true,
  actorKind: true,
  actorLabel: true,
  licenseKeyId: true,
  activationId: true,
  customerId: true,
  productId: true,
  keyConfigurationId: true,
  purchaseId: true,
  data: true,
} satisfies Prisma.EventSelect

type Row = Prisma.EventGetPayload<{ select: typeof columns }>

const toEvent = (row: Row): HistoryEvent => ({ ...row, type: EventType.parse(row.type), data: row.data as EventData })

/** What the history page can be narrowed to. */
export type HistoryFilter = {
  groups?: EventGroup[]
  actorKinds?: string[]
  licenseKeyId?: string
  customerId?: string
  productId?: string
  keyConfigurationId?: string
  from?: Date
  to?: Date
}

/** Newest first. `page` counts from 1. */
export async function listEvents(
  merchant: Merchant,
  filter: HistoryFilter,
  { page, size }: { page: number; size: number },
): Promise<{ events: HistoryEvent[]; total: number }> {
  const where: Prisma.EventWhereInput = {
    organizationId: merchant.organizationId,
    ...(filter.groups?.length && { type: { in: filter.groups.flatMap(typesOfGroup) } }),
    ...(filter.actorKinds?.length && { actorKind: { in: filter.actorKinds } }),
    ...(filter.licenseKeyId && { licenseKeyId: filter.licenseKeyId }),
    ...(filter.customerId && { customerId: filter.customerId }),
    ...(filter.productId && { productId: filter.productId }),
    ...(filter.keyConfigurationId && { keyConfigurationId: filter.keyConfigurationId }),
    ...((filter.from || filter.to) && { at: { gte: filter.from, lt: filter.to } }),
  }
  const [rows, total] = await Promise.all([
    prisma.event.findMany({
      where,
      select: columns,
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      skip: (page - 1) * size,
      take: size,
    }),
    prisma.event.count({ where }),
  ])
  return { events: rows.map(toEvent), total }
}
