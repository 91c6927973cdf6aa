import '#server-only'
import { sessionsOfMembers } from '../auth/queries.ts'
import type { Member } from '../base/actor.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { assertMay } from '../base/permissions.ts'
import type { CallFilter, ShownCall } from '../call-log/plain.ts'
import { callChart, callsSince } from '../call-log/queries.ts'
import { type ChartSpan, chartSpans, matches, stepsOf } from '../call-log/rules.ts'
import { latestEvents } from '../events/queries.ts'
import { join, LATE_MS } from './feed.ts'
import { type Heard, hubState } from './hub.ts'
import type { Said, Subject } from './plain.ts'
import { Backlog, spell } from './rules.ts'

// What one page is told while somebody looks at it. Every stream has a bounded memory: who reads slowly is told less often, in counts.

/** What a page wants to be told. */
export type Wish = {
  subjects: readonly Subject[]
  /** Only about this key. */
  licenseKeyId?: string | undefined
  /** The calls themselves, with their chart; without it only that there were some. */
  log: { filter: CallFilter; span: ChartSpan } | null
  /** What the page has already: the moment it was drawn, or the last message before the stream was cut. */
  after: { moment: number; isCut: boolean } | null
}

type Stream = {
  sessionId: string
  userId: string
  organizationId: string
  end: (isOver: boolean) => void
}

/** Streams of one person (every open tab has one), and of all in this process. */
const STREAMS_OF_ONE = 20
const STREAMS_MAX = 2_000
const SEND_MS = 250
const BEAT_MS = 15_000
const CHECK_MS = 10_000
const CATCH_UP_ROWS = 500

type Open = { streams: Set<Stream>; timer: NodeJS.Timeout | undefined; soon: NodeJS.Timeout | undefined }

const open = perProcess('live-streams', (): Open => ({ streams: new Set(), timer: undefined, soon: undefined }))

/** How many streams this process has. */
export const streamCount = (): number => open.streams.size

/** Opens a stream for a member's session; null when they, or this process, have too many. It ends with the session. */
export function openStream(member: Member, sessionId: string, wish: Wish): ReadableStream<Uint8Array> | null {
  assertMay(member, 'keys.read')
  assertMay(member, 'history.read')
  const ofOne = [...open.streams].filter(({ userId }) => userId === member.userId).length
  if (ofOne >= STREAMS_OF_ONE || open.streams.size >= STREAMS_MAX) return null
  let telling: Telling | null = null
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        telling = new Telling(member, sessionId, wish, controller)
        void telling.begin()
      },
      cancel() {
        telling?.end(false)
      },
    },
    // In bytes: what is written and not yet taken by the connection.
    new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
  )
}

const encoder = new TextEncoder()

// Until it is known that notes do not come, they come.
const stateNow = (): Said['state']['state'] => (hubState() === 'looking' ? 'looking' : 'notes')

class Telling implements Stream {
  readonly sessionId: string
  readonly userId: string
  readonly organizationId: string
  readonly #member: Member
  readonly #wish: Wish
  readonly #controller: ReadableStreamDefaultController<Uint8Array>
  readonly #backlog = new Backlog()
  readonly #changed = new Set<Subject>()
  #leave: () => void = () => {}
  #ended = false
  #state = stateNow()
  /** While what it begins with is read, what comes meanwhile waits. */
  #held: ShownCall[] | null = []
  /** Calls that are in the chart it was given. */
  #counted = new Set<string>()
  #countedAt = 0
  #last: number
  #sending: NodeJS.Timeout | undefined
  #sentAt = Number.NEGATIVE_INFINITY
  #beating: NodeJS.Timeout | undefined

  constructor(member: Member, sessionId: string, wish: Wish, controller: ReadableStreamDefaultController<Uint8Array>) {
    this.sessionId = sessionId
    this.userId = member.userId
    this.organizationId = member.organizationId
    this.#member = member
    this.#wish = wish
    this.#controller = controller
    this.#last = wish.after?.moment ?? Date.now()
  }

  async begin(): Promise<void> {
    open.streams.add(this)
    open.timer ??= setInterval(() => void endThoseThatAreOver(), CHECK_MS).unref()
    // Browsers that were cut off come back after this time.
    this.#write('retry: 1000\n\n')
    this.#say('state', { state: this.#state })
    this.#beating = setInterval(() => this.#beat(), BEAT_MS).unref()
    try {
      const wantsCalls =
        this.#wish.log !== null || (this.#wish.subjects.includes('calls') && Boolean(this.#wish.licenseKeyId))
      const leave = await join(this.organizationId, {
        wantsCalls,
        note: (heard) => this.#note(heard),
        calls: (calls, skipped) => this.#calls(calls, skipped),
      })
      if (this.#ended) return leave()
      this.#leave = leave
      if (this.#wish.log) await this.#catchUp(this.#wish.log)
      else await this.#lookBack()
    } catch (error) {
      log.warn({ err: error }, 'a live page could not begin; its browser tries again')
      this.end(false)
    }
  }

  end(isOver: boolean): void {
    if (this.#ended) return
    if (isOver) this.#say('over', {})
    this.#ended = true
    open.streams.delete(this)
    if (open.streams.size === 0) {
      clearInterval(open.timer)
      open.timer = undefined
    }
    clearTimeout(this.#sending)
    clearInterval(this.#beating)
    this.#leave()
    try {
      this.#controller.close()
    } catch {
      // Whoever read it has gone.
    }
  }

  // ---------------------------------------------------------------- what it begins with

  async #catchUp({ filter, span }: NonNullable<Wish['log']>): Promise<void> {
    const { after } = this.#wish
    const [missed, chart] = await Promise.all([
      after ? callsSince(this.#member, filter, after.moment - LATE_MS, CATCH_UP_ROWS) : [],
      callChart(this.#member, filter, span, new Date()),
    ])
    this.#counted = new Set(chart.counted)
    this.#countedAt = performance.now()
    this.#say('chart', { steps: chart.steps })
    const known = new Set(missed.map(({ id }) => id))
    for (let i = missed.length; i > 0; i -= 100) {
      const calls = missed.slice(Math.max(0, i - 100), i)
      this.#see(calls)
      this.#say('calls', { calls, more: 0, steps: [] }, this.#last)
    }
    const held = this.#held ?? []
    this.#held = null
    this.#take(held.filter(({ id }) => !known.has(id)))
    // The rest of what was held is in the chart or was told; it is counted if it is not.
    const late = held.filter(({ id }) => known.has(id) && !this.#counted.has(id))
    if (late.length > 0) this.#backlog.add([], stepsOf(late, chartSpans[span].stepMs))
  }

  // Between the drawing of a page and this moment something may have happened already.
  async #lookBack(): Promise<void> {
    this.#held = null
    const { after, subjects } = this.#wish
    if (!after) return
    if (after.isCut || subjects.includes('deliveries') || subjects.includes('messages'))
      return this.#change(...subjects)
    const { licenseKeyId } = this.#wish
    if (subjects.includes('events')) {
      const from = new Date(after.moment - 1_000)
      const events = await latestEvents(this.#member, { from, ...(licenseKeyId && { licenseKeyId }) }, 1)
      if (events.length > 0) this.#change('events')
    }
    if (subjects.includes('calls')) {
      // Why one was refused is written a little later than that it was.
      const calls = await callsSince(this.#member, { licenseKeyId }, after.moment - LATE_MS, 1)
      if (calls.length > 0) this.#change('calls')
    }
  }

  // ---------------------------------------------------------------- what it hears

  #note(heard: Heard): void {
    const { subjects, licenseKeyId } = this.#wish
    const state = stateNow()
    if (state !== this.#state) {
      this.#state = state
      this.#say('state', { state })
    }
    switch (heard.what) {
      case 'look':
        this.#change(...subjects)
        return
      case 'calls':
        // Of one key, its calls say it.
        if (licenseKeyId) return
        this.#change('calls')
        if (heard.changes) this.#change('events')
        return
      case 'events':
        if (heard.people) checkSoon()
        if (!licenseKeyId || heard.keys.length === 0 || heard.keys.includes(licenseKeyId)) this.#change('events')
        return
      case 'refusals':
        if (!licenseKeyId || heard.keys.includes(licenseKeyId)) this.#change('calls')
        return
      default:
        this.#change(heard.what)
    }
  }

  #calls(calls: ShownCall[], skipped: boolean): void {
    const { log: wanted, licenseKeyId } = this.#wish
    if (!wanted) {
      const own = calls.filter((call) => call.licenseKey?.id === licenseKeyId)
      if (own.length > 0) this.#change('calls')
      if (own.some(({ verb }) => verb !== 'validate')) this.#change('events')
      return
    }
    if (this.#held) {
      // No more than a catch-up would read.
      this.#held = [...calls.filter((call) => matches(wanted.filter, call)), ...this.#held].slice(0, CATCH_UP_ROWS)
      return
    }
    this.#take(calls.filter((call) => matches(wanted.filter, call)))
    // A call is in the place of its moment, so those that were not read are missing in the chart.
    if (skipped) void this.#chartAnew(wanted)
    this.#see(calls)
  }

  #take(calls: ShownCall[]): void {
    const { log: wanted } = this.#wish
    if (!wanted || calls.length === 0) return
    this.#see(calls)
    const news = this.#counted.size > 0 ? calls.filter(({ id }) => !this.#counted.has(id)) : calls
    this.#backlog.add(calls, stepsOf(news, chartSpans[wanted.span].stepMs))
    this.#sendSoon()
  }

  async #chartAnew({ filter, span }: NonNullable<Wish['log']>): Promise<void> {
    try {
      const chart = await callChart(this.#member, filter, span, new Date())
      this.#counted = new Set(chart.counted)
      this.#countedAt = performance.now()
      this.#say('chart', { steps: chart.steps })
    } catch (error) {
      log.warn({ err: error }, 'a chart of calls could not be read anew')
    }
  }

  #see(calls: readonly ShownCall[]): void {
    for (const { writtenAt } of calls) this.#last = Math.max(this.#last, writtenAt)
  }

  #change(...what: Subject[]): void {
    const wanted = this.#wish.log ? [] : what.filter((each) => this.#wish.subjects.includes(each))
    if (wanted.length === 0) return
    for (const each of wanted) this.#changed.add(each)
    this.#sendSoon()
  }

  // ---------------------------------------------------------------- what it says

  // At once what comes alone; what comes fast goes together.
  #sendSoon(): void {
    this.#sending ??= setTimeout(
      () => {
        this.#sending = undefined
        this.#sentAt = performance.now()
        this.#send()
      },
      Math.max(0, this.#sentAt + SEND_MS - performance.now()),
    ).unref()
  }

  #send(): void {
    if (this.#ended) return
    // Whoever reads slowly gets less, and later.
    if ((this.#controller.desiredSize ?? 0) <= 0) {
      this.#sendSoon()
      return
    }
    if (this.#changed.size > 0) {
      this.#say('changed', { what: [...this.#changed] }, this.#last)
      this.#changed.clear()
    }
    if (!this.#backlog.isEmpty) this.#say('calls', this.#backlog.take(), this.#last)
    if (!this.#backlog.isEmpty) this.#sendSoon()
  }

  #beat(): void {
    if (performance.now() - this.#countedAt >= BEAT_MS) this.#counted.clear()
    if ((this.#controller.desiredSize ?? 0) > 0) this.#say('beat', {}, this.#backlog.isEmpty ? this.#last : undefined)
  }

  #say<Name extends keyof Said>(name: Name, data: Said[Name], id?: number): void {
    this.#write(spell(name, data, id))
  }

  #write(text: string): void {
    if (this.#ended) return
    try {
      this.#controller.enqueue(encoder.encode(text))
    } catch {
      this.end(false)
    }
  }
}

// ---------------------------------------------------------------- whose session has ended

function checkSoon(): void {
  open.soon ??= setTimeout(() => {
    open.soon = undefined
    void endThoseThatAreOver()
  }, 50).unref()
}

/** Ends the streams whose session has ended, or whose member has left the organization. */
export async function endThoseThatAreOver(now: Date = new Date()): Promise<void> {
  const streams = [...open.streams]
  if (streams.length === 0) return
  try {
    const rows = await sessionsOfMembers([...new Set(streams.map(({ sessionId }) => sessionId))], now)
    const held = new Set(rows.map(({ sessionId, organizationId }) => `${sessionId} ${organizationId}`))
    for (const stream of streams) if (!held.has(`${stream.sessionId} ${stream.organizationId}`)) stream.end(true)
  } catch (error) {
    log.warn({ err: error }, 'live pages could not be checked; the next time is soon')
  }
}
