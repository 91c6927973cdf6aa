import '#server-only'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import type { ShownCall } from '../call-log/plain.ts'
import { callsSince, callsWrittenAt, logClock } from '../call-log/queries.ts'
import { type Heard, watch } from './hub.ts'

// The calls of an organization, read once for all who watch it in this process, however many they are.

/** Who watches: hears every note, and gets the calls if they want to. */
export type Viewer = {
  wantsCalls: boolean
  note: (heard: Heard) => void
  /** New ones, newest first; `skipped`: there were too many to read them all. */
  calls: (calls: ShownCall[], skipped: boolean) => void
}

type Feed = {
  viewers: Set<Viewer>
  /** Moments that were told of and have yet to be read. */
  moments: Set<number>
  mustLook: boolean
  reading: boolean
  /** When the last call that was read was written, and those read lately: some are read twice, and told once. */
  last: number
  recent: Map<string, number>
  begun: Promise<void> | null
  leave: () => void
}

/** Notes that come together are read together. */
const READ_MS = 40
const ROWS_MAX = 2_000
/** A call that was written is there for others to see within this time, or never. */
export const LATE_MS = 6_000
const RECENT_MS = 3 * LATE_MS

const feeds = perProcess('live-feeds', () => new Map<string, Feed>())

/** Joins those who watch an organization; resolves when from now on no call is missed. The answer leaves again. */
export async function join(organizationId: string, viewer: Viewer): Promise<() => void> {
  const feed = feeds.get(organizationId) ?? begin(organizationId)
  feed.viewers.add(viewer)
  const leave = () => {
    feed.viewers.delete(viewer)
    if (feed.viewers.size > 0 || feeds.get(organizationId) !== feed) return
    feeds.delete(organizationId)
    feed.leave()
  }
  try {
    if (viewer.wantsCalls) await beginCalls(feed)
  } catch (error) {
    leave()
    throw error
  }
  return leave
}

function begin(organizationId: string): Feed {
  const feed: Feed = {
    ...{ viewers: new Set(), moments: new Set(), mustLook: false, reading: false, last: 0, recent: new Map() },
    begun: null,
    leave: () => {},
  }
  feeds.set(organizationId, feed)
  feed.leave = watch(organizationId, (heard) => {
    for (const viewer of feed.viewers) viewer.note(heard)
    if (!feed.begun) return
    if (heard.what === 'calls') feed.moments.add(heard.at)
    else if (heard.what === 'look') feed.mustLook = true
    else return
    readSoon(organizationId, feed)
  })
  return feed
}

function beginCalls(feed: Feed): Promise<void> {
  feed.begun ??= logClock().then(
    (now) => {
      feed.last = now
    },
    (error) => {
      feed.begun = null
      throw error
    },
  )
  return feed.begun
}

function readSoon(organizationId: string, feed: Feed): void {
  if (feed.reading) return
  feed.reading = true
  setTimeout(async () => {
    try {
      await feed.begun
      await readNew(organizationId, feed)
    } catch (error) {
      log.warn({ err: error }, 'live pages could not be told of calls; they are read with the next')
      // What was told of meanwhile is lost, so all since the last is read.
      feed.mustLook = true
    }
    feed.reading = false
    if (feed.viewers.size > 0 && feed.moments.size > 0) readSoon(organizationId, feed)
  }, READ_MS).unref()
}

async function readNew(organizationId: string, feed: Feed): Promise<void> {
  const moments = [...feed.moments]
  const looks = feed.mustLook
  feed.moments.clear()
  feed.mustLook = false
  const read = looks
    ? await callsSince({ organizationId }, {}, feed.last - LATE_MS, ROWS_MAX)
    : await callsWrittenAt(organizationId, moments, ROWS_MAX)
  const fresh = read.filter(({ id }) => !feed.recent.has(id))
  for (const { id, writtenAt } of fresh) {
    feed.recent.set(id, writtenAt)
    feed.last = Math.max(feed.last, writtenAt)
  }
  for (const [id, writtenAt] of feed.recent) if (writtenAt < feed.last - RECENT_MS) feed.recent.delete(id)
  if (fresh.length === 0) return
  for (const viewer of feed.viewers) if (viewer.wantsCalls) viewer.calls(fresh, read.length === ROWS_MAX)
}
