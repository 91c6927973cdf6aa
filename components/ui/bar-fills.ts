import type { Tone } from './tones.ts'

/** The colors of bars. */
export const barFills = {
  ok: 'var(--fill-ok)',
  warn: 'var(--fill-warn)',
  bad: 'var(--fill-bad)',
  off: 'var(--fill-off)',
  accent: 'var(--fill-accent)',
  plain: 'var(--bar)',
} satisfies Record<Tone, string>
