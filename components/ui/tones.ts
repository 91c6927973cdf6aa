/** The colours a word can have: good, worth attention, bad, switched off, marked, plain. */
export type Tone = 'ok' | 'warn' | 'bad' | 'off' | 'accent' | 'plain'

/** Text in the colour of each tone. */
export const toneText = {
  ok: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  off: 'text-off',
  accent: 'text-accent',
  plain: 'text-ink',
} satisfies Record<Tone, string>

/** Text on the pale ground of each tone. */
export const toneFill = {
  ok: 'bg-okbg text-ok',
  warn: 'bg-warnbg text-warn',
  bad: 'bg-badbg text-bad',
  off: 'bg-offbg text-off',
  accent: 'bg-accentbg text-accent',
  plain: 'bg-line2 text-ink',
} satisfies Record<Tone, string>
