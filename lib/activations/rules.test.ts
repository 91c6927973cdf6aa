import { describe, expect, test } from 'vitest'
import { releasesLeft, whyNotRelease } from './rules.ts'

const now = new Date('2026-11-29T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const daysAgo = (days: number) => hoursAgo(24 * days)
const any = { cooldownHours: 0, releasesAYear: null }

describe('freeing a device', () => {
  test.each([
    ['nothing is limited', [hoursAgo(0), hoursAgo(1)], any, null],
    ['nothing is limited, and another took the lock first with a later now', [hoursAgo(-1)], any, null],
    ['none before', [], { cooldownHours: 24, releasesAYear: 1 }, null],
    ['within the cool-down', [hoursAgo(23)], { ...any, cooldownHours: 24 }, 'cooldown'],
    ['at its end', [hoursAgo(24)], { ...any, cooldownHours: 24 }, null],
    ['the year is used up', [daysAgo(1), daysAgo(364)], { ...any, releasesAYear: 2 }, 'yearly'],
    ['a year later', [daysAgo(1), daysAgo(366)], { ...any, releasesAYear: 2 }, null],
    ['in any order', [daysAgo(364), daysAgo(1)], { cooldownHours: 48, releasesAYear: 3 }, 'cooldown'],
  ] as const)('%s', (_name, released, settings, why) =>
    expect(whyNotRelease(released, settings, now)?.why ?? null).toBe(why),
  )

  test('says from when on, and how many are left', () => {
    const settings = { cooldownHours: 24, releasesAYear: 2 }
    expect(whyNotRelease([hoursAgo(1)], settings, now)).toMatchObject({ until: hoursAgo(-23) })
    expect(whyNotRelease([daysAgo(1), daysAgo(300)], settings, now)).toMatchObject({ until: daysAgo(-65), count: 2 })
    expect(releasesLeft([daysAgo(2)], settings, now)).toBe(0)
    expect(releasesLeft([daysAgo(400)], settings, now)).toBe(1)
    expect(releasesLeft([], any, now)).toBeNull()
  })
})
