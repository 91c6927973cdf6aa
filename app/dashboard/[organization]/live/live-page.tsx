'use client'
import { ArrowUp, Pause, Play, Radio, X } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useReducer, useRef, useState, useTransition } from 'react'
import { listen, type StreamState } from '#components/live-stream.ts'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { cx } from '#components/ui/cx.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { ListTransition } from '#components/ui/data-table/list-transition.ts'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import type { Tone } from '#components/ui/tones.ts'
import { callOutcomes, KEPT_DAYS, type ShownCall } from '#lib/call-log/plain.ts'
import { type ChartSpan, chartSpans, loggedCodes } from '#lib/call-log/rules.ts'
import { verdicts } from '#lib/error-codes/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { CallDrawer } from './call-drawer.tsx'
import { CallTable } from './call-table.tsx'
import { type First, firstFlow, flow, shownRows } from './flow.ts'
import { OutcomeChart } from './outcome-chart.tsx'
import { type LiveParams, placeText } from './params.ts'

type Props = {
  organization: string
  first: First
  list: Omit<LiveParams, 'key'> & { key: '' | { id: string; masked: string | null } }
  configurations: { value: string; label: string }[]
}

/** A clock of a browser that is off by more than this is not believed. */
const SKEW_MS = 10_000

const codeFilter: Filter = {
  key: 'code',
  label: 'Code',
  options: loggedCodes.map((code) => ({ value: code, label: verdicts[code].label })),
}
const outcomeFilter: Filter = {
  key: 'outcome',
  label: 'Answer',
  single: true,
  options: Object.entries(callOutcomes).map(([value, label]) => ({ value, label })),
}

/** The chart of what is answered now, and below it the calls as they come. */
export function LivePage({ organization, first, list, configurations }: Props) {
  const isOlder = list.before !== null
  const [state, dispatch] = useReducer(flow, first, firstFlow)
  const [stream, setStream] = useState<StreamState>('connecting')
  const [opened, setOpened] = useState<ShownCall | null>(null)
  const [isOpen, setIsOpen] = useState(false)
  const [pending, startTransition] = useTransition()
  const router = useRouter()
  const box = useRef<HTMLElement>(null)
  const skew = useRef(0)
  const { span } = list
  const query = {
    outcome: list.outcome.join(','),
    code: list.code.join(','),
    configuration: list.configuration.join(','),
    key: list.key ? list.key.id : '',
  }
  const address = useEffectEvent(() => paths.liveStream({ organization }, { ...query, log: span, after: first.clock }))
  const asked = JSON.stringify([organization, query, span])
  // Other filters are another list; what opens beside it is not.
  const shown = `${asked} ${list.before ? placeText(list.before) : ''}`
  const [drawn, setDrawn] = useState(shown)
  if (drawn !== shown) {
    setDrawn(shown)
    dispatch({ type: 'drawn', first })
  }
  // A session that has ended shows the sign-in page.
  const leave = useEffectEvent(() => router.refresh())

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked for is in the address
  useEffect(() => {
    if (isOlder) return
    return listen(() => address(), {
      onState: setStream,
      calls: (data) => dispatch({ type: 'calls', ...data }),
      chart: (data) => dispatch({ type: 'chart', ...data }),
      over: () => leave(),
    })
  }, [isOlder, asked])

  // The chart moves on though nothing comes.
  useEffect(() => {
    if (isOlder) return
    const ahead = first.now - Date.now()
    if (Math.abs(ahead) > SKEW_MS) skew.current = ahead
    const timer = setInterval(
      () => document.visibilityState === 'visible' && dispatch({ type: 'tick', now: Date.now() + skew.current }),
      chartSpans[span].stepMs === 1_000 ? 1_000 : 5_000,
    )
    return () => clearInterval(timer)
  }, [isOlder, span, first.now])

  // Whoever reads further down must not be pushed away from it.
  const onScroll = () => dispatch({ type: 'away', isAway: (box.current?.scrollTop ?? 0) > 60 })
  const showNew = () => {
    dispatch({ type: 'show', now: Date.now() + skew.current })
    box.current?.scrollTo({ top: 0 })
  }

  const rows = shownRows(state)
  const isFiltered = Object.values(query).some(Boolean)
  const isEmpty = rows.length === 0 && state.steps.length === 0
  return (
    <ListTransition value={startTransition}>
      <PageHeader
        title="Live"
        status={
          isOlder ? <Status tone="off" label="Older calls" /> : <StreamStatus stream={stream} paused={state.paused} />
        }
        actions={
          isOlder ? (
            <Button href={paths.live({ organization }, { ...query, span: span === 'hour' ? span : '' })}>
              Back to now
            </Button>
          ) : (
            <>
              <SpanLinks organization={organization} query={query} span={span} />
              <Button
                className="noscript:hidden"
                aria-pressed={state.paused}
                onClick={() => (state.paused ? showNew() : dispatch({ type: 'pause' }))}
              >
                {state.paused ? <Play size={14} aria-hidden="true" /> : <Pause size={14} aria-hidden="true" />}
                {state.paused ? 'Resume' : 'Pause'}
              </Button>
            </>
          )
        }
      />
      {stream === 'looking' && !isOlder && (
        <div className="px-4 pb-3 sm:px-6">
          <Notice tone="plain" title="A few seconds behind.">
            The database passes on no notifications (some connection poolers do not), so this page looks every two
            seconds.
          </Notice>
        </div>
      )}
      {!isOlder && (
        <div className="px-4 pb-3.5 sm:px-6">
          <div className="rounded-card border border-line bg-panel px-3.5 py-3 shadow-soft">
            <OutcomeChart steps={state.steps} span={span} now={state.now} />
          </div>
        </div>
      )}
      <div data-print="grow" className="relative flex min-w-0 flex-1 flex-col sm:min-h-0">
        <div
          className="scroll-thin max-sm:scroll-quiet flex flex-wrap items-center gap-2 px-4 pb-3 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:*:shrink-0 sm:px-6"
          data-print="hide"
        >
          <FilterChips
            filters={[
              outcomeFilter,
              codeFilter,
              ...(configurations.length > 0
                ? [{ key: 'configuration', label: 'Configuration', options: configurations }]
                : []),
            ]}
          />
          {list.key && (
            <span className="inline-flex h-8 items-stretch rounded-control bg-accentbg font-medium text-accent pointer-coarse:h-10">
              <span className="inline-flex items-center pl-2.5">Key: {list.key.masked ?? 'not found'}</span>
              <Link
                href={paths.live({ organization }, { ...query, key: '', span: span === 'hour' ? span : '' })}
                aria-label="Remove filter Key"
                className="grid w-7 place-items-center rounded-control hover:text-ink pointer-coarse:w-9"
              >
                <X size={13} aria-hidden="true" />
              </Link>
            </span>
          )}
        </div>
        {state.waiting.length > 0 && (
          <button
            type="button"
            onClick={showNew}
            className="absolute top-[52px] left-1/2 z-20 inline-flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-btn px-3.5 font-medium text-btntx shadow-pop"
          >
            <ArrowUp size={13} aria-hidden="true" />
            {state.waiting.length >= state.most
              ? `${numberText(state.most)} or more`
              : numberText(state.waiting.length)}{' '}
            new
          </button>
        )}
        {rows.length === 0 ? (
          <EmptyState
            title={isFiltered ? 'No call fits these filters' : isEmpty ? 'No calls yet' : 'No calls lately'}
            icon={<Radio size={18} />}
            className="flex-1"
          >
            {isFiltered
              ? 'New ones that do appear here as they come.'
              : 'When your software asks about a key, the call appears here within a second.'}
          </EmptyState>
        ) : (
          <section
            ref={box}
            data-print="grow"
            aria-label="Calls"
            aria-busy={pending}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            onScroll={onScroll}
            className={cx(
              'scroll-thin transition-opacity duration-150 focus-visible:-outline-offset-2 sm:min-h-0 sm:flex-1 sm:overflow-auto sm:border-line sm:border-t',
              pending && 'opacity-60 delay-200',
            )}
          >
            <CallTable
              organization={organization}
              calls={rows}
              fresh={state.fresh}
              onOpen={(call) => {
                setOpened(call)
                setIsOpen(true)
              }}
            />
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-mute sm:px-6">
              {state.next && (
                <Link
                  href={paths.live({ organization }, { ...query, before: placeText(state.next) })}
                  prefetch={false}
                  className="rounded-xs font-medium hover:text-ink"
                >
                  Older calls
                </Link>
              )}
              <span>
                Every no is kept for {countText(KEPT_DAYS, 'day')}, and of many yeses a few, which say how many they
                stand for.
              </span>
            </div>
          </section>
        )}
      </div>
      <CallDrawer organization={organization} call={opened} open={isOpen} onClose={() => setIsOpen(false)} />
    </ListTransition>
  )
}

const states: Record<StreamState, { tone: Tone; label: string }> = {
  connecting: { tone: 'off', label: 'Connecting' },
  live: { tone: 'ok', label: 'Connected' },
  looking: { tone: 'warn', label: 'A few seconds behind' },
  lost: { tone: 'warn', label: 'Reconnecting' },
  over: { tone: 'off', label: 'Ended' },
}

function StreamStatus({ stream, paused }: { stream: StreamState; paused: boolean }) {
  const { tone, label } = paused ? ({ tone: 'off', label: 'Paused' } as const) : states[stream]
  return (
    <span role="status" aria-live="polite">
      <span className="noscript:hidden">
        <Status tone={tone} label={label} />
      </span>
      <span className="hidden noscript:inline">
        <Status tone="off" label="As of now" />
      </span>
    </span>
  )
}

const spans: Record<ChartSpan, string> = { minute: 'Minute', hour: 'Hour' }

function SpanLinks({
  organization,
  query,
  span,
}: {
  organization: string
  query: Record<string, string>
  span: ChartSpan
}) {
  return (
    <nav aria-label="Chart" className="flex rounded-control border border-line p-0.5">
      {(Object.keys(spans) as ChartSpan[]).map((each) => (
        <Link
          key={each}
          href={paths.live({ organization }, { ...query, span: each === 'hour' ? each : '' })}
          aria-current={each === span ? 'true' : undefined}
          className={cx(
            'rounded-sm px-2 py-0.5 pointer-coarse:py-2',
            each === span ? 'bg-line2 font-medium' : 'text-mute hover:text-ink',
          )}
        >
          {spans[each]}
        </Link>
      ))}
    </nav>
  )
}
