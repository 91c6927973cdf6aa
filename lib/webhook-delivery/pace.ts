import '#server-only'
import { cpus } from 'node:os'

// How fast messages may be sent. Nobody waits for a webhook as the start of a program waits for its license call: while the machine has
// hardly any time left, sending takes little of it.

/** The machine is busy when less than this part of its time is idle. */
const IDLE_MIN = 0.15
/** How many messages a second are sent by a process while the machine is busy. */
export const BUSY_RATE = 100
/** How long the machine is watched before that is said. */
const WATCH_MS = 500

export type CpuTimes = { idle: number; all: number }

/** What all processors have done since the machine started, in milliseconds. */
function cpuTimes(): CpuTimes {
  let idle = 0
  let all = 0
  for (const { times } of cpus()) {
    idle += times.idle
    all += times.idle + times.user + times.nice + times.sys + times.irq
  }
  return { idle, all }
}

/** Says for each message whether it may be sent now. */
export type Pace = { mayBegin: () => boolean }

/** Opens a pace. `now` counts milliseconds from anywhere. */
export function openPace(read: () => CpuTimes = cpuTimes, now: () => number = () => performance.now()): Pace {
  let watched = { at: now(), times: read() }
  let isBusy = false
  let room = 0
  let filledAt = now()
  return {
    mayBegin() {
      const at = now()
      if (at - watched.at >= WATCH_MS) {
        const times = read()
        const all = times.all - watched.times.all
        isBusy = all > 0 && (times.idle - watched.times.idle) / all < IDLE_MIN
        watched = { at, times }
      }
      // Never more than a tenth of a second's worth at once.
      room = Math.min(room + ((at - filledAt) / 1_000) * BUSY_RATE, BUSY_RATE / 10)
      filledAt = at
      if (!isBusy) return true
      if (room < 1) return false
      room -= 1
      return true
    },
  }
}
