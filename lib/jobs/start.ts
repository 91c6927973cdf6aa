import '#server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { purgeDeviceRequests } from '../activations/device-requests.ts'
import { purgeAnswers } from '../api/repeatable.ts'
import { purgeArchives } from '../archives/commands.ts'
import { runArchive, silentArchives } from '../archives/run.ts'
import { purgeAttempts } from '../auth/attempts.ts'
import { purgeLinks } from '../auth/commands.ts'
import { purgeAccountLinks } from '../auth/links.ts'
import { purgeChallenges } from '../auth/passkeys.ts'
import { securityNotes } from '../auth/security-log.ts'
import { purgeSessions } from '../auth/sessions.ts'
import type { System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { env } from '../base/env.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { purgeBulkChanges, runBulkChange, silentBulkChanges } from '../bulk-changes/run.ts'
import { purgeCalls } from '../call-log/commands.ts'
import { purgeOffers } from '../customers/hand-on.ts'
import { purgeMoves } from '../customers/move-address.ts'
import { purgeCustomerSessions } from '../customers/sessions.ts'
import { tidyAddresses } from '../customers/tidy-addresses.ts'
import { foldWords } from '../database/folded.ts'
import { enqueue, type Workers, work } from '../database/queue.ts'
import { purgeSecurityLog } from '../events/commands.ts'
import { alignEventPositions } from '../events/follow.ts'
import { purgeHistory } from '../events/purge-history.ts'
import { purgeImports } from '../imports/commands.ts'
import { runImport, silentImports } from '../imports/run.ts'
import { foldKeys } from '../key-strings/fold.ts'
import { purgeValidationCounts } from '../license-calls/counts.ts'
import { purgeRemembered } from '../license-calls/repeatable.ts'
import { tellRefusals } from '../license-calls/tell-refusals.ts'
import { tellUsage } from '../license-calls/tell-usage.ts'
import { addUpCounts, correctCounts } from '../license-keys/counts.ts'
import { tellEnds } from '../license-keys/ends.ts'
import { purgeMail } from '../mail/commands.ts'
import { closeMailer, deliverMail, sweepMail } from '../mailer/deliver.ts'
import { assessDue } from '../misuse/recompute.ts'
import { purgeSightings } from '../misuse/sightings.ts'
import { deleteDueOrganizations } from '../organizations/deletion.ts'
import { purgeInvitations } from '../organizations/members.ts'
import { openErasures, runErasure } from '../personal-data/run.ts'
import { endDuePurchases } from '../purchases/life.ts'
import { purgeRefusals } from '../refusals/commands.ts'
import { handleDelivery, sweepStores } from '../stores/handle.ts'
import { dueForReconcile, reconcileStore } from '../stores/reconcile.ts'
import { tellTroubles } from '../stores/tell-troubles.ts'
import { openSender } from '../webhook-delivery/sender.ts'
import { purgeMessages } from '../webhook-endpoints/commands.ts'

const system: System = { kind: 'system', name: 'Latchkey' }

// Less than the minute between two sweeps.
const FOLD_MS = 40_000

// What is left of a large history goes the next night.
const HISTORY_MS = 30 * 60_000

const shared = perProcess('stop-jobs', (): { stop?: (() => Promise<void>) | undefined } => ({}))

/** Starts the background work of this process once. Returns at once: a database that is not there yet is waited for. */
export function startJobs(): void {
  if (shared.stop) return
  const stopping = new AbortController()
  const started = startWhenPossible(stopping.signal)
  const stop = async () => {
    stopping.abort()
    process.off('SIGTERM', stop)
    process.off('SIGINT', stop)
    await (await started)?.()
    await securityNotes()
    closeMailer()
  }
  shared.stop = stop
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

/** Ends the background work of this process, waiting for what is in hand. */
export async function stopJobs(): Promise<void> {
  const stop = shared.stop
  shared.stop = undefined
  await stop?.()
}

const workers: Workers = {
  'mail.deliver': ({ mailId }) => deliverMail(system, mailId, new Date()),
  'mail.sweep': () => sweepMail(system, new Date()),
  'house.sweep': async () => {
    const now = new Date()
    await purgeLinks(now)
    await purgeAccountLinks(now)
    await purgeChallenges(now)
    await purgeAttempts(now)
    await purgeSessions(now)
    await purgeDeviceRequests(now)
    await purgeInvitations(now)
    await purgeSecurityLog(system, now)
    await purgeMail(now)
    await purgeRemembered(now)
    await purgeCustomerSessions(now)
    await purgeOffers(now)
    await purgeMoves(now)
    await purgeAnswers(now)
    await purgeValidationCounts(now)
    await purgeRefusals(now)
    await purgeSightings(now)
    await purgeImports(now)
    await purgeBulkChanges(now)
    await purgeArchives(system, now)
    await purgeCalls(system, now)
    for (const erasureId of await openErasures(system)) await runErasure(system, erasureId, now)
    await deleteDueOrganizations(system, now)
    await tellTroubles(system, now)
    await purgeMessages(system, new Date(now.getTime() - env().WEBHOOK_KEPT_DAYS * DAY_MS), now)
  },
  'keys.fold': async () => {
    await foldWords(FOLD_MS / 2)
    await foldKeys(FOLD_MS / 2)
  },
  'keys.tell': async () => {
    const now = new Date()
    await tellEnds(system, now)
    await tellUsage(now)
    await tellRefusals(now)
  },
  'counts.add_up': () => addUpCounts(),
  'house.nightly': async () => {
    await purgeHistory(system, new Date(), HISTORY_MS)
    const wrong = await correctCounts()
    if (wrong > 0) log.warn({ wrong }, 'counts of keys or devices were wrong and are mended')
  },
  'misuse.assess': () => assessDue(system, new Date(), Date.now() + FOLD_MS),
  'addresses.tidy': () => tidyAddresses(system, new Date()),
  'import.run': ({ importId }) => runImport(system, importId, () => new Date()),
  'import.sweep': async () => {
    for (const importId of await silentImports(system, new Date())) await enqueue(null, 'import.run', { importId })
  },
  'bulk.run': ({ bulkChangeId }) => runBulkChange(system, bulkChangeId, () => new Date()),
  'bulk.sweep': async () => {
    for (const bulkChangeId of await silentBulkChanges(system, new Date()))
      await enqueue(null, 'bulk.run', { bulkChangeId })
  },
  'store.handle': ({ deliveryId }) => handleDelivery(system, deliveryId, new Date()),
  'store.sweep': async () => {
    await sweepStores(system, new Date())
    await endDuePurchases(system, new Date())
    for (const connectionId of await dueForReconcile(system, new Date()))
      await enqueue(null, 'store.reconcile', { connectionId })
  },
  'erasure.run': ({ erasureId }) => runErasure(system, erasureId, new Date()),
  'archive.run': ({ archiveId }) => runArchive(system, archiveId, () => new Date()),
  'archive.sweep': async () => {
    for (const archiveId of await silentArchives(system, new Date())) await enqueue(null, 'archive.run', { archiveId })
  },
  'store.reconcile': ({ connectionId }) => reconcileStore(system, connectionId, () => new Date()),
}

async function startWhenPossible(signal: AbortSignal): Promise<(() => Promise<void>) | null> {
  // A process that only serves pages hands its work to the others at once, instead of leaving it to their sweeps.
  const servesOnly = process.env.LATCHKEY_ROLE === 'web'
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await alignEventPositions()
      const stop = await work(servesOnly ? null : workers)
      // What waited while nobody worked need not wait another minute.
      if (!servesOnly) await enqueue(null, 'mail.sweep', {})
      if (!servesOnly) await enqueue(null, 'keys.fold', {})
      if (!servesOnly) await enqueue(null, 'addresses.tidy', {})
      if (servesOnly) return stop
      const sender = openSender(system)
      void sender.run()
      return async () => {
        await Promise.all([stop(), sender.stop()])
      }
    } catch (error) {
      if (attempt === 0) log.error({ err: error }, 'background work cannot start yet; trying again')
      await sleep(Math.min(30_000, 1_000 * 2 ** attempt), undefined, { ref: false, signal }).catch(() => {})
    }
  }
  return null
}
