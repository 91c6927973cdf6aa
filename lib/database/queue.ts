import '#server-only'
import { PgBoss } from 'pg-boss'
import { env } from '../base/env.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import type { Tx } from './client.ts'
import { ofCommand, type Transaction } from './transaction.ts'

/** Every kind of background work, and what it is told. */
export type Jobs = {
  'mail.deliver': { mailId: string }
  'mail.sweep': Record<string, never>
  'house.sweep': Record<string, never>
  'keys.fold': Record<string, never>
  'keys.tell': Record<string, never>
  'counts.add_up': Record<string, never>
  'house.nightly': Record<string, never>
  'misuse.assess': Record<string, never>
  'addresses.tidy': Record<string, never>
  'import.run': { importId: string }
  'import.sweep': Record<string, never>
  'bulk.run': { bulkChangeId: string }
  'bulk.sweep': Record<string, never>
  'store.handle': { deliveryId: string }
  'store.sweep': Record<string, never>
  'store.reconcile': { connectionId: string }
  'erasure.run': { erasureId: string }
  'archive.run': { archiveId: string }
  'archive.sweep': Record<string, never>
}
export type JobName = keyof Jobs

const jobNames = Object.keys({
  'mail.deliver': 0,
  'mail.sweep': 0,
  'house.sweep': 0,
  'keys.fold': 0,
  'keys.tell': 0,
  'counts.add_up': 0,
  'house.nightly': 0,
  'misuse.assess': 0,
  'addresses.tidy': 0,
  'import.run': 0,
  'import.sweep': 0,
  'bulk.run': 0,
  'bulk.sweep': 0,
  'store.handle': 0,
  'store.sweep': 0,
  'store.reconcile': 0,
  'erasure.run': 0,
  'archive.run': 0,
  'archive.sweep': 0,
} satisfies Record<JobName, 0>) as JobName[]

/** What does the work of one queue. */
export type Workers = { [Name in JobName]: (data: Jobs[Name]) => Promise<unknown> }

/** Work that repeats; cron in UTC. */
const schedules: Partial<Record<JobName, string>> = {
  'mail.sweep': '* * * * *',
  'house.sweep': '17 * * * *',
  'keys.fold': '* * * * *',
  'keys.tell': '* * * * *',
  'counts.add_up': '* * * * *',
  'house.nightly': '23 3 * * *',
  'misuse.assess': '* * * * *',
  'import.sweep': '* * * * *',
  'bulk.sweep': '* * * * *',
  'store.sweep': '* * * * *',
  'archive.sweep': '* * * * *',
}

/** Work that comes round by itself, of nobody in particular. */
export const sweeps = Object.keys(schedules) as JobName[]

const shared = perProcess('jobs', (): { boss?: PgBoss | undefined } => ({}))

/**
 * Asks for work in the transaction that makes it necessary. Only a prompt: rows say what is to be done, and a sweep finds those
 * whose prompt was lost. So a process without jobs (a seed, a test) leaves the work to one that has them.
 */
export async function enqueue<Name extends JobName>(
  tx: Tx | Transaction | null,
  name: Name,
  data: Jobs[Name],
  options: { startAfter?: Date } = {},
): Promise<void> {
  const boss = shared.boss
  if (!boss) return
  const db = tx && ('executeSql' in tx ? tx : ofCommand(tx))
  await boss.send(name, data, { ...options, ...(db && { db }) })
}

/** Joins the queues, and works on them unless `workers` is null. The answer stops it, waiting for work in hand. */
export async function work(workers: Workers | null): Promise<() => Promise<void>> {
  const boss = new PgBoss({
    connectionString: env().DATABASE_URL,
    schema: 'pgboss',
    application_name: 'latchkey-jobs',
    max: 4,
    useListenNotify: true,
    monitorVacuum: false,
  })
  const complain = complainOnce()
  boss.on('error', complain)
  boss.on('warning', ({ message }) => log.warn({ message }, 'jobs'))
  try {
    await boss.start()
    for (const name of jobNames) {
      await boss.createQueue(name, { notify: true, retryLimit: 2, retryDelay: 30, deleteAfterSeconds: 60 * 60 })
      if (workers) await workOn(boss, name, workers[name])
    }
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {})
    throw error
  }
  shared.boss = boss
  return async () => {
    shared.boss = undefined
    await boss.stop({ graceful: true, timeout: 10_000 })
  }
}

/** Work that takes moments; what takes minutes is taken one at a time, so that other processes have the next. */
const isShort = (name: JobName) => name === 'mail.deliver' || name === 'store.handle'

async function workOn<Name extends JobName>(boss: PgBoss, name: Name, run: Workers[Name]) {
  // Of notifications that come while it works a worker remembers that there were some, and then fetches once: so it takes several at a
  // time and goes on while there are more, and nobody who bought something waits half a minute for the next look.
  const fetching = {
    ...{ notifyPollingIntervalSeconds: 3, burstWhenBatchFull: true },
    batchSize: isShort(name) ? 10 : 1,
    localConcurrency: name === 'mail.deliver' ? 3 : 1,
  }
  await boss.work<Jobs[Name]>(name, fetching, async (jobs) => {
    let failure: { error: unknown } | undefined
    for (const job of jobs) {
      try {
        await run(job.data)
      } catch (error) {
        log.error({ err: error, job: name }, 'a job failed')
        failure ??= { error }
      }
    }
    // Those taken with it are told again, too: rows say what is left to do.
    if (failure) throw failure.error
  })
  const cron = schedules[name]
  if (cron) await boss.schedule(name, cron, null, { tz: 'UTC' })
}

// A database that is away fails every poll; the first failure is news, the next hundred are not.
function complainOnce() {
  let last = ''
  let lastAt = -Infinity
  return (error: Error) => {
    const message = error.message.replace(/ \(Queue: .*$/, '')
    if (message === last && performance.now() - lastAt < 60_000) return
    last = message
    lastAt = performance.now()
    log.error({ err: error }, 'jobs')
  }
}
