import { type Level, levelLook } from '#lib/misuse/plain.ts'
import { Badge } from './ui/badge.tsx'

const fills = { none: 'bg-off', look: 'bg-warn', act: 'bg-bad' } satisfies Record<Level, string>

/** A score from 0 to 100 as a bar and a number, and what it comes to in a word. */
export function Score({ score, level }: { score: number; level: Level }) {
  const { tone, label } = levelLook[level]
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span aria-hidden="true" className="inline-block h-1 w-[52px] overflow-hidden rounded-full bg-barbg">
        <span className={`block h-full rounded-full ${fills[level]}`} style={{ width: `${score}%` }} />
      </span>
      <span className="w-7 text-end tabular-nums">{score}</span>
      <Badge tone={tone}>{label}</Badge>
    </span>
  )
}
