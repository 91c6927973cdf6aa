import { describe, expect, it } from 'vitest'
import { dayText, exactTime, relativeTime } from './relative-time.ts'

const now = new Date('2026-11-21T12:00:00Z')
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000)

describe('relativeTime', () => {
  it.each([
    [0, 'just now'],
    [-44, 'just now'],
    [10, 'in a moment'],
    [-45, '1 min ago'],
    [-60, '1 min ago'],
    [-3 * 60, '3 min ago'],
    [-44 * 60, '44 min ago'],
    [-45 * 60, '1 h ago'],
    [-2 * 3600, '2 h ago'],
    [-21.9 * 3600, '22 h ago'],
    [-22 * 3600, '1 day ago'],
    [-24 * 3600, '1 day ago'],
    [-91 * 86_400, '91 days ago'],
    [-120 * 86_400, '4 months ago'],
    [-800 * 86_400, '2 years ago'],
    [6 * 86_400, 'in 6 days'],
    [5 * 60, 'in 5 min'],
  ])('%d s: %s', (seconds, words) => {
    expect(relativeTime(after(seconds), now)).toBe(words)
  })

  it('takes dates, strings and milliseconds', () => {
    expect(relativeTime('2026-11-21T11:57:00Z', now.getTime())).toBe('3 min ago')
  })
})

describe('exact texts', () => {
  it('are in UTC whatever the machine says', () => {
    expect(dayText('2027-08-30T23:59:59Z')).toBe('30 Aug 2027')
    expect(exactTime('2027-09-01T14:03:22.900Z')).toBe('1 Sep 2027, 14:03:22 UTC')
  })
})
