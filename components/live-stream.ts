import type { Said } from '#lib/live/plain.ts'

/** How a stream stands: on its way, there, there but looking every few seconds, gone and being tried again, over for good. */
export type StreamState = 'connecting' | 'live' | 'looking' | 'lost' | 'over'

type Handlers = {
  [Name in keyof Said]?: (data: Said[Name]) => void
} & { onState?: (state: StreamState) => void }

const SILENT_MS = 40_000
const AGAIN_MS = 5_000
const AGAIN_MAX_MS = 30_000

/**
 * Listens to a stream of the server while the page is looked at; the answer ends it. A page that is hidden gives its connection back, since
 * browsers have few of them, and goes on where it was when it is looked at again. `address` is asked for anew each time.
 */
export function listen(address: () => string, { onState, ...handlers }: Handlers): () => void {
  let source: EventSource | null = null
  /** Of the last message that had one. */
  let seen = ''
  let failures = 0
  let isOver = false
  let again: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined

  const close = () => {
    source?.close()
    source = null
    clearTimeout(again)
    clearTimeout(silence)
  }

  const heard = () => {
    clearTimeout(silence)
    // A connection that says nothing is gone, though nobody has noticed.
    silence = setTimeout(() => {
      close()
      open()
    }, SILENT_MS)
  }

  const open = () => {
    if (isOver || source || document.visibilityState === 'hidden') return
    onState?.('connecting')
    const to = address()
    const own = new EventSource(seen ? `${to}${to.includes('?') ? '&' : '?'}seen=${seen}` : to)
    source = own
    heard()
    const on = <Name extends keyof Said>(name: Name, take: (data: Said[Name]) => void) =>
      own.addEventListener(name, (event: MessageEvent<string>) => {
        if (source !== own) return
        heard()
        if (event.lastEventId) seen = event.lastEventId
        take(JSON.parse(event.data))
      })
    on('state', (data) => {
      failures = 0
      onState?.(data.state === 'notes' ? 'live' : 'looking')
      handlers.state?.(data)
    })
    on('calls', (data) => handlers.calls?.(data))
    on('chart', (data) => handlers.chart?.(data))
    on('changed', (data) => handlers.changed?.(data))
    on('beat', (data) => handlers.beat?.(data))
    on('over', (data) => {
      isOver = true
      close()
      onState?.('over')
      handlers.over?.(data)
    })
    own.onerror = () => {
      if (source !== own) return
      onState?.('lost')
      // Cut off: the browser comes back by itself. Refused: it does not.
      if (own.readyState !== EventSource.CLOSED) return
      close()
      again = setTimeout(open, Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** failures++))
    }
  }

  const look = () => {
    if (document.visibilityState === 'hidden') close()
    else open()
  }
  document.addEventListener('visibilitychange', look)
  open()
  return () => {
    isOver = true
    document.removeEventListener('visibilitychange', look)
    close()
  }
}
