import type { Term } from '#lib/key-configurations/rules.ts'

/** The terms that tell configurations apart, in one line. */
export const inShort = (words: Record<Term, string>): string =>
  [
    words.expiry === 'Never' ? 'Never expires' : `Expires ${words.expiry.replace(/^A/, 'a')}`,
    words.devices === 'Any number' ? 'any number of devices' : words.devices.replace(/^N/, 'n'),
    words.usage === 'Unlimited' ? 'unlimited use' : words.usage,
  ].join(' · ')
