import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { notFound } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { NoAnswer, type Outside, outside } from '../http/outside.ts'
import { StoreApiRefusal } from '../store-facts/reader.ts'
import { askOf } from './ask.ts'
import { credentialOf, readConnection } from './handle.ts'
import { readerOf } from './readers.ts'
import { ACCESS_REFUSED } from './rules.ts'

/** True where the store answered that the access it was given is not good. */
export const isAccessRefused = (error: unknown): boolean =>
  error instanceof StoreApiRefusal && (error.status === 401 || error.status === 403)

/** Why a store's API could not be read, as whole sentences. */
export function whyNotAsked(error: unknown): string {
  if (error instanceof NoAnswer) return `The store could not be asked. ${error.message}`
  if (!(error instanceof StoreApiRefusal)) return 'The store’s answer could not be read.'
  if (isAccessRefused(error)) return ACCESS_REFUSED
  return `The store answered ${error.status}.`
}

/** Writes down what came of asking a store's API. */
export const noteAccess = (connectionId: string, accessProblem: string | null, now: Date) =>
  prisma.storeConnection.updateMany({
    where: { id: connectionId, credential: { not: null } },
    data: { accessTriedAt: now, accessProblem },
  })

/** Asks a store's API for its first page, as a reading of its orders would, and says why that failed; null: it did not, or there is no access. */
export async function tryAccess(
  merchant: Merchant,
  { connectionId }: { connectionId: string },
  now: Date,
  way: Outside = outside(),
): Promise<string | null> {
  assertMay(merchant, 'stores.write')
  const { organizationId } = merchant
  const own = await prisma.storeConnection.count({ where: { id: connectionId, organizationId } })
  const connection = own === 0 ? null : await readConnection(connectionId)
  if (!connection) throw notFound('connection')
  const reader = readerOf(connection.store)
  const ask = askOf(reader, connection.mode, credentialOf(connection), way)
  if (!ask || !reader?.api) return null
  let problem: string | null = null
  try {
    const pages = reader.api.changedSince(ask, new Date(now.getTime() - HOUR_MS), now)
    await pages[Symbol.asyncIterator]().next()
  } catch (error) {
    log.warn({ err: error, connectionId }, 'a store could not be asked')
    problem = whyNotAsked(error)
  }
  await noteAccess(connectionId, problem, now)
  return problem
}
