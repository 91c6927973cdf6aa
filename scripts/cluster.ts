// WEB_CONCURRENCY=N: N processes behind one port, and one more for background jobs.
import { type ChildProcess, fork } from 'node:child_process'
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Environment, root } from './environment.ts'
import { Halt, onStop } from './lifecycle.ts'
import { serve } from './server.ts'

const shutdownMs = 12_000 // a little longer than each server takes to finish what it accepted
const restartMs = 1_000

/** Serves with as many processes as WEB_CONCURRENCY says (default: this one alone); resolves when requests are answered. */
export async function serveAll(environment: Environment): Promise<void> {
  const given = process.env.WEB_CONCURRENCY?.trim() || '1'
  const processes = Number(given)
  if (!Number.isInteger(processes) || processes < 1 || processes > 64)
    throw new Halt(`WEB_CONCURRENCY is "${given}": it must be a number of processes, from 1 to 64.`)
  if (processes === 1) {
    await serve(environment)
    return
  }
  let stopping = false
  const children = new Set<ChildProcess>()
  onStop(async () => {
    stopping = true
    await Promise.all([...children].map(end))
  })

  const watch = (child: ChildProcess, what: string, restart: () => void) => {
    children.add(child)
    child.once('exit', async (code, signal) => {
      children.delete(child)
      if (stopping) return
      console.error(`The ${what} process ${child.pid} ended (${signal ?? code}); starting another one.`)
      await sleep(restartMs)
      if (!stopping) restart()
    })
  }

  // Each takes its connections from the port itself. Handed over by the primary, those on their way to a process that dies would
  // never be answered, nor closed.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  cluster.setupPrimary({ exec: path.join(root, 'scripts/server.ts'), silent: false })
  const startWeb = (): Worker => {
    const worker = cluster.fork({ LATCHKEY_ROLE: 'web' })
    watch(worker.process, 'web', startWeb)
    return worker
  }
  const startJobs = () => {
    const env = { ...process.env, LATCHKEY_ROLE: 'worker' }
    watch(fork(path.join(root, 'scripts/worker.ts'), { env }), 'jobs', startJobs)
  }
  const workers = Array.from({ length: processes }, startWeb)
  startJobs()
  // One that ends before it listens is reported, and the next one takes its place.
  await Promise.all(workers.map((worker) => Promise.race([once(worker, 'listening'), once(worker, 'exit')])))
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const limit = setTimeout(() => child.kill('SIGKILL'), shutdownMs)
  await ended
  clearTimeout(limit)
}
