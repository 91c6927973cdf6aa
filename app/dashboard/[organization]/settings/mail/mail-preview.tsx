'use client'
import { useEffect, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { preview } from './actions.ts'

type Seen = { subject: string; html: string; text: string; from: string | null }
type Way = 'light' | 'dark' | 'text'

const ways = { light: 'Light', dark: 'Dark', text: 'Plain text' } as const satisfies Record<Way, string>

// So long nothing is typed before it is drawn again.
const PAUSE_MS = 350

// A mail turns dark where its reader's program is; here by what is chosen.
const inTheme = (html: string, way: Way): string =>
  html
    .replaceAll('@media (prefers-color-scheme: dark)', way === 'dark' ? '@media all' : '@media not all')
    .replaceAll('light dark', way === 'dark' ? 'dark' : 'light')

/** A message as its reader sees it, drawn again while it is being written. What cannot be sent leaves the last one that could. */
export function MailPreview({ organization, fields }: { organization: string; fields: Record<string, string> }) {
  const [seen, setSeen] = useState<Seen | null>(null)
  const [isOld, setOld] = useState(false)
  const [way, setWay] = useState<Way>('light')
  const asked = JSON.stringify({ organization, ...fields })
  useEffect(() => {
    let isGone = false
    const timer = setTimeout(async () => {
      const form = new FormData()
      for (const [name, value] of Object.entries(JSON.parse(asked) as Record<string, string>)) form.set(name, value)
      const state = await preview({ status: 'idle' }, form).catch(() => null)
      if (isGone) return
      if (state?.status === 'ok') setSeen(state.result as Seen)
      setOld(state?.status !== 'ok')
    }, PAUSE_MS)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [asked])
  return (
    <section aria-label="Preview" className="grid min-w-0 grid-cols-1 content-start gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-medium">Preview</h2>
        <fieldset className="flex gap-1">
          <legend className="sr-only">Show it</legend>
          {(Object.keys(ways) as Way[]).map((each) => (
            <Button
              key={each}
              size="sm"
              variant={way === each ? 'secondary' : 'ghost'}
              aria-pressed={way === each}
              onClick={() => setWay(each)}
            >
              {ways[each]}
            </Button>
          ))}
        </fieldset>
      </div>
      <Card as="div">
        <p className="border-line2 border-b px-3.5 py-2">
          <span className="block break-words font-medium">{seen?.subject ?? 'One moment'}</span>
          <span className="block break-words text-mute text-sm">From {seen?.from ?? 'your organization'}</span>
        </p>
        {seen && way === 'text' && (
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            className="h-[600px] overflow-auto whitespace-pre-wrap break-words px-3.5 py-3 font-mono text-sm"
          >
            {seen.text}
          </pre>
        )}
        {seen && way !== 'text' && (
          // Nothing in it may run or lead anywhere.
          <iframe
            title="The mail"
            srcDoc={inTheme(seen.html, way)}
            sandbox=""
            className={cx('block h-[600px] w-full border-0', way === 'dark' ? 'bg-[#12110f]' : 'bg-[#faf9f7]')}
          />
        )}
        {!seen && <div className="h-[600px]" />}
      </Card>
      <p aria-live="polite" className="min-h-4 text-mute text-sm">
        {isOld && seen
          ? 'As it was before: what is written now cannot be sent.'
          : 'With made-up facts. Links lead nowhere here.'}
      </p>
    </section>
  )
}
