// Which processes serve: those with the port, which answer license calls themselves; one with the pages behind them; one for background
// jobs when there are several in front.
import { type ChildProcess, fork } from 'node:child_process'
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '#lib/base/settings.ts'
import { type Environment, root } from './environment.ts'
import { onStop } from './lifecycle.ts'
import { gatherMetrics } from './metrics.ts'
import { serve } from './web.ts'

const shutdownMs = 12_000 // a little longer than each server takes to finish what it accepted
const restartMs = 1_000

/**
 * Serves with as many processes in front as WEB_CONCURRENCY says (default: this one alone), and with the pages in a process of their own
 * where there are two cores or more, or PAGES_APART says so; resolves when requests are answered.
 */
export async function serveAll(environment: Environment): Promise<void> {
  const processes = environment.settings.WEB_CONCURRENCY
  const apart = pagesAreApart(environment.settings)
  if (processes === 1 && !apart) {
    await serve(environment)
    return
  }
  let stopping = false
  process.env.LATCHKEY_METRICS_LINK = '1'
  const gather = gatherMetrics(processes === 1 ? 'web' : 'primary')
  const children = new Set<ChildProcess>()
  const folder = apart ? mkdtempSync(path.join(tmpdir(), 'latchkey-')) : null
  const pagesAt = folder && path.join(folder, 'pages')
  onStop(async () => {
    stopping = true
    await Promise.all([...children].map(end))
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  const watch = (child: ChildProcess, what: string, restart: () => void) => {
    children.add(child)
    gather(child)
    child.once('exit', async (code, signal) => {
      children.delete(child)
      if (stopping) return
      const says = `The ${what} process ${child.pid} ended (${signal ?? code}); starting another one.`
      // A signal to all of us reaches it first: whoever ends in good order was most likely asked to, and so are we in a moment.
      if (code !== 0) console.error(says)
      await sleep(restartMs)
      if (stopping) return
      if (code === 0) console.error(says)
      restart()
    })
  }
  const startChild = (script: string, what: string, settings: Record<string, string>): ChildProcess => {
    const child = fork(path.join(root, script), { env: { ...process.env, ...settings } })
    watch(child, what, () => void startChild(script, what, settings))
    return child
  }

  // With several in front, background jobs have a process of their own.
  const role: Record<string, string> = processes > 1 ? { LATCHKEY_ROLE: 'web' } : {}
  let pagesStarted: Promise<unknown> = Promise.resolve()
  if (pagesAt) {
    // One that was killed leaves its socket behind.
    const startPages = (): ChildProcess => {
      rmSync(pagesAt, { force: true })
      const settings = { ...role, LATCHKEY_PAGES_SOCKET: pagesAt }
      const child = fork(path.join(root, 'server/pages.ts'), { env: { ...process.env, ...settings } })
      watch(child, 'pages', startPages)
      return child
    }
    const child = startPages()
    pagesStarted = Promise.race([once(child, 'message'), once(child, 'exit')])
  }

  if (processes === 1) await serve(environment, pagesAt)
  else {
    // Each takes its connections from the port itself. Handed over by the primary, those on their way to a process that dies would
    // never be answered, nor closed.
    cluster.schedulingPolicy = cluster.SCHED_NONE
    cluster.setupPrimary({ exec: path.join(root, 'server/web.ts'), silent: false })
    const startWeb = (): Worker => {
      const worker = cluster.fork({ ...role, ...(pagesAt && { LATCHKEY_PAGES_SOCKET: pagesAt }) })
      watch(worker.process, 'web', startWeb)
      return worker
    }
    const workers = Array.from({ length: processes }, startWeb)
    startChild('server/worker.ts', 'jobs', { LATCHKEY_ROLE: 'worker' })
    // One that ends before it listens is reported, and the next one takes its place.
    await Promise.all(workers.map((worker) => Promise.race([once(worker, 'listening'), once(worker, 'exit')])))
  }
  await pagesStarted
}

/** Whether pages have a process of their own. */
const pagesAreApart = ({ PAGES_APART }: Settings): boolean =>
  PAGES_APART === undefined ? availableParallelism() >= 2 : PAGES_APART === '1'

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const limit = setTimeout(() => child.kill('SIGKILL'), shutdownMs)
  await ended
  clearTimeout(limit)
}
