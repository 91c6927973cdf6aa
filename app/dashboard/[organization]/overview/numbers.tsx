import { numberText } from '#components/ui/number-text.ts'
import { Stat, StatRow } from '#components/ui/stat.tsx'
import type { Overview } from '#lib/overview/queries.ts'
import { OPEN_SHOWN_MAX } from '#lib/refusals/queries.ts'
import * as paths from '#lib/web/paths.ts'

/** The figures that are looked at first, each leading to what it counts. */
export function Numbers({
  overview,
  inTrouble,
  organization,
}: {
  overview: Overview
  inTrouble: { total: number }
  organization: string
}) {
  const { keys, devices, lastDay, expiring } = overview
  const active = keys.active + keys.expiring + keys.grace
  const all = Object.values(keys).reduce((sum, count) => sum + count, 0)
  const share = lastDay.validations === 0 ? 0 : (lastDay.refused / lastDay.validations) * 100
  return (
    <StatRow>
      <Stat
        label="Active keys"
        value={numberText(active)}
        of={`of ${numberText(all)}`}
        href={paths.licenseKeys({ organization }, { status: 'active,expiring,grace' })}
      />
      <Stat label="Devices" value={numberText(devices)} href={paths.activations({ organization })} />
      <Stat
        label="Validations, 24 hours"
        value={numberText(lastDay.validations)}
        of={lastDay.refused > 0 ? `${share < 0.1 ? 'under 0.1' : share.toFixed(1)} % refused` : undefined}
        href={paths.licenseKeys({ organization }, { sort: 'lastValidatedAt' })}
      />
      <Stat
        label="Expiring within 14 days"
        value={numberText(expiring.total)}
        href={paths.licenseKeys({ organization }, { status: 'expiring', sort: 'expiresAt', dir: 'asc' })}
      />
      <Stat
        label="In trouble"
        value={inTrouble.total > 0 ? <span className="text-bad">{openText(inTrouble.total)}</span> : numberText(0)}
        of={inTrouble.total === 1 ? 'key' : 'keys'}
        href={paths.trouble({ organization })}
      />
    </StatRow>
  )
}

// More than a hundred are not counted.
const openText = (open: number) => (open > OPEN_SHOWN_MAX ? `${OPEN_SHOWN_MAX}+` : numberText(open))
