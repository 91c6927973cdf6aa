import { Check, Minus, X } from 'lucide-react'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { Notice } from '#components/ui/notice.tsx'
import { endInShort } from '#lib/base/days.ts'
import type { Step } from '#lib/license-calls/rules.ts'
import type { Simulated } from '#lib/refusals/simulate.ts'
import { checkName } from '#lib/refusals/steps.ts'

const outcomes = {
  passed: { label: 'Passed', look: 'bg-okbg text-ok', picture: <Check size={13} /> },
  refused: { label: 'Refused', look: 'bg-badbg text-bad', picture: <X size={13} /> },
  not_reached: { label: 'Not reached', look: 'bg-line2 text-mute', picture: <Minus size={13} /> },
  not_needed: { label: 'Not needed: it has a slot', look: 'bg-line2 text-mute', picture: <Minus size={13} /> },
} as const satisfies Record<Step['outcome'], { label: string; look: string; picture: React.ReactNode }>

/** The answer, and every check on the way to it in the order in which they are made. */
export function Trace({
  verdict,
  at,
  steps,
  verb,
  timeZone,
}: Simulated & { verb: 'validate' | 'activate'; timeZone: string }) {
  return (
    <div className="grid min-w-0 gap-3.5" aria-live="polite">
      <Notice
        tone={verdict.valid ? (verdict.grace ? 'warn' : 'ok') : 'bad'}
        title={<span className="font-mono text-sm">{verdict.code}</span>}
      >
        {verdict.detail}
        {verdict.grace && ' It is in its grace period.'}
      </Notice>
      <Card>
        <CardHeader title={verb === 'validate' ? 'Checks of a validation' : 'Checks of an activation'}>
          {endInShort(at, timeZone)}
        </CardHeader>
        <ol>
          {steps.map(({ code, outcome, words }) => {
            const { label, look, picture } = outcomes[outcome]
            const isOpen = outcome === 'passed' || outcome === 'refused'
            return (
              <li
                key={code}
                className={cx(
                  'flex gap-3 border-line2 border-t px-3.5 py-2 first:border-t-0',
                  outcome === 'refused' && 'bg-badbg/50',
                )}
              >
                <span
                  aria-hidden="true"
                  className={cx('mt-0.5 grid size-5 shrink-0 place-items-center rounded-full', look)}
                >
                  {picture}
                </span>
                <div className="min-w-0 flex-1">
                  <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                    <span className={cx('font-medium', !isOpen && 'text-mute')}>{checkName(code)}</span>
                    <span className="break-all font-mono text-mute text-xs">{code}</span>
                  </p>
                  <p className={cx('text-pretty break-words', outcome === 'refused' ? 'text-ink' : 'text-mute')}>
                    <span className={outcome === 'passed' ? 'sr-only' : undefined}>{label}. </span>
                    {words}
                  </p>
                </div>
              </li>
            )
          })}
        </ol>
      </Card>
    </div>
  )
}
