import '#server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from '../base/actor.ts'
import { isUnavailable } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { type Outside, outside } from '../http/outside.ts'
import { giveUpEndpoint } from '../webhook-endpoints/commands.ts'
import { ANSWER_MS, isSuccess } from '../webhooks/rules.ts'
import { bodiesOf } from './bodies.ts'
import { openPace, type Pace } from './pace.ts'
import { attempt } from './send.ts'
import { type Settled, settle, wasAway } from './settle.ts'
import { type Taken, takeMessages } from './take.ts'

// What sends messages. Of each endpoint a few are taken at once and sent beside one another; those of one key one after the other. What an
// endpoint holds is bounded, and those that do not answer share a part of the whole that the others never need: so none of them slows
// anybody else.

/** How many requests to one endpoint are on their way at once, and how many messages are held for it. */
const WORKING = { atOnce: 8, held: 96 }
const FAILING = { atOnce: 4, held: 4 }
/** The same for all endpoints together. */
const AT_ONCE_MAX = { working: 48, failing: 48 }
const ENDPOINTS_MAX = 64

/** How often is looked for what is due. A prompt with each fact would cost license calls more than this costs the database. */
const LOOK_EVERY_MS = 1_000
/** What came of attempts is written down together. */
const GATHER_MS = 25
/** When it is asked again whether there is time to send. */
const PACE_MS = 20

type Item = Taken & { body: string }
type Lane = { queue: Item[]; keys: Set<string>; active: number; isFailing: boolean }

export type SenderOptions = {
  clock?: () => Date
  random?: () => number
  way?: Outside
  pace?: Pace
  answerMs?: number
  /** Sends for this organization only: several tests share a database. */
  organizationId?: string
}

/** Sends what is due, until it is stopped. */
export type Sender = {
  /** Sends everything that is due now and what becomes so meanwhile. How many attempts that took. */
  sendDue: () => Promise<number>
  /** Goes on for ever. */
  run: () => Promise<void>
  /** Takes nothing more, waits for what is on its way, and gives back the rest. */
  stop: (graceMs?: number) => Promise<void>
}

export function openSender(
  system: System,
  {
    clock = () => new Date(),
    random = Math.random,
    way = outside(),
    pace = openPace(),
    answerMs = ANSWER_MS,
    organizationId,
  }: SenderOptions = {},
): Sender {
  const lanes = new Map<string, Lane>()
  let done: Settled[] = []
  const atOnce = { working: 0, failing: 0 }
  let attempts = 0
  /** Whether the last look found something, so that there may be more. */
  let isMore = true
  let lookedAt = -Infinity
  let isStopping = false
  let ended: Promise<void> | undefined
  let wake = () => {}
  let isWaiting = false

  const something = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const heldBy = ({ queue, active }: Lane) => queue.length + active

  /** Takes what is due and puts it in the lanes of its endpoints. True when there was something. */
  async function take(): Promise<boolean> {
    const held = new Map([...lanes].map(([id, lane]) => [id, heldBy(lane)]))
    const now = clock()
    const room = {
      working: WORKING.held,
      failing: FAILING.held,
      held,
      endpointsMax: ENDPOINTS_MAX,
      organizationId: organizationId ?? null,
    }
    const taken = await takeMessages(now, room)
    if (taken.length === 0) return false
    const bodies = await bodiesOf(taken, now).catch((error: unknown) => {
      for (const message of taken) done.push({ message, at: now, attempted: null })
      throw error
    })
    for (const message of taken) {
      const { id, failingSince } = message.target
      const body = bodies.get(message.id)
      if (body === undefined) throw new Error(`No body was written for message ${message.id}.`)
      const lane = lanes.get(id) ?? { queue: [], keys: new Set<string>(), active: 0, isFailing: false }
      lane.isFailing = failingSince !== null
      lane.queue.push({ ...message, body })
      lanes.set(id, lane)
    }
    return true
  }

  /** Begins as many attempts as may be on their way. */
  function begin(): void {
    if (isStopping) return
    // One of each lane in turn.
    for (let begun = true; begun; ) {
      begun = false
      for (const lane of lanes.values()) {
        const kind = lane.isFailing ? 'failing' : 'working'
        const max = lane.isFailing ? FAILING.atOnce : WORKING.atOnce
        if (lane.active >= max || atOnce[kind] >= AT_ONCE_MAX[kind]) continue
        const at = lane.queue.findIndex(({ licenseKeyId }) => licenseKeyId === null || !lane.keys.has(licenseKeyId))
        if (at < 0) continue
        if (!pace.mayBegin()) {
          beginLater()
          return
        }
        const [item] = lane.queue.splice(at, 1)
        if (!item) continue
        begun = true
        void send(lane, item, kind)
      }
    }
  }

  function beginLater(): void {
    if (isWaiting) return
    isWaiting = true
    setTimeout(() => {
      isWaiting = false
      begin()
    }, PACE_MS)
  }

  async function send(lane: Lane, item: Item, kind: 'working' | 'failing'): Promise<void> {
    const { licenseKeyId, target } = item
    lane.active++
    atOnce[kind]++
    attempts++
    if (licenseKeyId) lane.keys.add(licenseKeyId)
    const attempted = await attempt(item, target, { now: clock(), way, timeoutMs: answerMs })
    lane.active--
    atOnce[kind]--
    const at = clock()
    done.push({ message: item, at, body: item.body, attempted })
    if (!isSuccess(attempted)) {
      const isOver = attempted.status === 410 || wasAway(attempted)
      if (isOver) lane.isFailing = true
      // What was to follow it waits as long as it does; of an endpoint that is away, everything.
      const isBack = (each: Item) => isOver || (licenseKeyId !== null && each.licenseKeyId === licenseKeyId)
      for (const message of lane.queue.filter(isBack)) done.push({ message, at, attempted: null })
      lane.queue = lane.queue.filter((each) => !isBack(each))
    }
    if (licenseKeyId) lane.keys.delete(licenseKeyId)
    if (heldBy(lane) === 0) lanes.delete(target.id)
    begin()
    wake()
  }

  /** Writes down what came of attempts. */
  async function flush(): Promise<void> {
    if (done.length === 0) return
    const batch = done
    done = []
    try {
      for (const { endpointId, give } of await settle(batch, random)) {
        await giveUpEndpoint(system, endpointId, give, clock())
      }
    } catch (error) {
      // The database may be back before the lease ends, after which somebody else would send them again.
      done.push(...batch)
      throw error
    }
  }

  const isIdle = () => lanes.size === 0 && done.length === 0

  const hasRoom = () =>
    lanes.size === 0 || [...lanes.values()].some((lane) => !lane.isFailing && heldBy(lane) <= WORKING.held / 2)

  /** One round: write down, take, begin. */
  async function round(): Promise<void> {
    await flush()
    const isTime = performance.now() - lookedAt >= LOOK_EVERY_MS
    if (!isStopping && (isTime || (isMore && hasRoom()))) {
      lookedAt = performance.now()
      isMore = await take()
    }
    begin()
  }

  return {
    async sendDue() {
      const before = attempts
      isMore = true
      for (;;) {
        await round()
        if (!isMore && isIdle()) return attempts - before
        if (lanes.size > 0) await something(LOOK_EVERY_MS)
        if (done.length === 0) continue
        await sleep(GATHER_MS)
        // What it came to may have made something else due.
        isMore = true
      }
    },

    run() {
      ended ??= (async () => {
        let failures = 0
        while (!isStopping) {
          try {
            await round()
            failures = 0
          } catch (error) {
            if (failures++ === 0 || !isUnavailable(error))
              log.error({ err: error }, 'webhooks cannot be sent right now')
          }
          if (isStopping) break
          await something(isMore && failures === 0 && hasRoom() ? GATHER_MS : LOOK_EVERY_MS)
          if (done.length > 0) await sleep(GATHER_MS)
        }
      })()
      return ended
    },

    async stop(graceMs = 5_000) {
      isStopping = true
      wake()
      await ended
      for (const lane of lanes.values()) {
        for (const message of lane.queue) done.push({ message, at: clock(), attempted: null })
        lane.queue = []
      }
      const until = performance.now() + graceMs
      while (atOnce.working + atOnce.failing > 0 && performance.now() < until) await something(100)
      await flush().catch((error) => log.error({ err: error }, 'what came of webhooks could not be written down'))
    },
  }
}
