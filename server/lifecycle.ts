// How every script begins and ends: sentences instead of stack traces, and nothing left running.
import { readFileSync } from 'node:fs'

/** A reason to stop that is meant for people: printed as it is, exit code 1. */
export class Halt extends Error {}

type Closer = () => void | Promise<void>

const closers: Closer[] = []
let stopping: Promise<void> | undefined

/** Runs before the process ends, for whatever reason; last added, first run. */
export function onStop(close: Closer) {
  closers.push(close)
}

/** Closes everything once and ends the process. */
export function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    for (const close of closers.reverse()) {
      try {
        await close()
      } catch (error) {
        console.error(error)
        code ||= 1
      }
    }
    await Promise.all([allRead(process.stdout), allRead(process.stderr)])
    process.exit(code)
  })()
  return stopping
}

/** Longer than this, nobody is kept from stopping by a reader that does not read. */
const READ_MS = 5_000

/** What was printed into a pipe may still wait for its reader, and would be lost with the process. */
function allRead(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    setTimeout(resolve, READ_MS).unref()
    // A reader that has gone is no error here.
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })
}

/** Resolves never: the process ends by a signal, and `stop` with it. */
export const untilStopped = (): Promise<never> => new Promise(() => {})

/** Runs a script to its end: signals stop it in order, a second Ctrl-C at once. Its result is the exit code. */
export async function run(main: () => Promise<number>) {
  let signals = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (signals++ && signal === 'SIGINT') process.exit(130)
      void stop(0)
    })
  // A process that one of ours started ends with it, even if that was killed outright.
  process.once('disconnect', () => void stop(0))
  stopWithParent()
  try {
    await stop(await main())
  } catch (error) {
    console.error(error instanceof Halt ? error.message : error)
    await stop(1)
  }
}

/** npm starts scripts in a shell that forwards nothing: when npm is ended, its script would stay behind. */
function stopWithParent() {
  if (!process.env.npm_lifecycle_event) return
  const parents = () => `${process.ppid} ${parentOf(process.ppid)}`
  const atStart = parents()
  setInterval(() => parents() !== atStart && void stop(0), 500).unref()
}

/** The shell survives when npm is killed outright; its own parent tells. */
function parentOf(pid: number): string {
  if (process.platform !== 'linux') return ''
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
