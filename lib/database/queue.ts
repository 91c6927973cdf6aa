import '#server-only'
import { fromPrisma, PgBoss } from 'pg-boss'
import { env } from '../base/env.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import type { Tx } from './client.ts'

/** Every kind of background work, and what it is told. */
export type Jobs = {
  'mail.deliver': { mailId: string }
  'mail.sweep': Record<string, never>
  'house.sweep': Record<string, never>
  'keys.fold': Record<string, never>
  'addresses.tidy': Record<string, never>
  'import.run': { importId: string }
  'import.sweep': Record<string, never>
}
export type JobName = keyof Jobs

const jobNames = Object.keys({
  'mail.deliver': 0,
  'mail.sweep': 0,
  'house.sweep': 0,
  'keys.fold': 0,
  'addresses.tidy': 0,
  'import.run': 0,
  'import.sweep': 0,
} satisfies Record<JobName, 0>) as JobName[]

/** What does the work of one queue. */
export type Workers = { [Name in JobName]: (data: Jobs[Name]) => Promise<unknown> }

/** Work that repeats; cron in UTC. */
const schedules: Partial<Record<JobName, string>> = {
  'mail.sweep': '* * * * *',
  'house.sweep': '17 * * * *',
  'keys.fold': '* * * * *',
  'import.sweep': '* * * * *',
}

const shared = perProcess('jobs', (): { boss?: PgBoss | undefined } => ({}))

/**
 * Asks for work in the transaction that makes it necessary. Only a prompt: rows say what is to be done, and a sweep finds those
 * whose prompt was lost. So a process without jobs (a seed, a test) leaves the work to one that has them.
 */
export async function enqueue<Name extends JobName>(
  tx: Tx | null,
  name: Name,
  data: Jobs[Name],
  options: { startAfter?: Date } = {},
): Promise<void> {
  const boss = shared.boss
  if (!boss) return
  await boss.send(name, data, { ...options, ...(tx && { db: fromPrisma(tx) }) })
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

async function workOn<Name extends JobName>(boss: PgBoss, name: Name, run: Workers[Name]) {
  await boss.work<Jobs[Name]>(name, { localConcurrency: name === 'mail.deliver' ? 3 : 1 }, async (jobs) => {
    for (const job of jobs) {
      try {
        await run(job.data)
      } catch (error) {
        log.error({ err: error, job: name }, 'a job failed')
        throw error
      }
    }
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
