import type { ReactNode } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Stat, StatRow } from '#components/ui/stat.tsx'
import { Time } from '#components/ui/time.tsx'
import { DAY_MS, endInShort } from '#lib/base/days.ts'
import { daysUntil } from '#lib/license-keys/look.ts'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import type { Trouble } from '#lib/license-keys/refusals.ts'

const usageLabel = { never: 'Usage', day: 'Usage today', month: 'Usage this month', year: 'Usage this year' } as const

/** What is used, what is left, and until when. */
export function KeyNumbers({
  licenseKey,
  troubles,
  now,
}: {
  licenseKey: LicenseKeyDetail
  troubles: Trouble[]
  now: Date
}) {
  const { limits, devices, usage } = licenseKey
  const { mode, limit } = limits.activations
  // Red is what locks somebody out now; a full key whose devices all work is well.
  const harms = (code: string) => troubles.some((trouble) => trouble.harms && trouble.code === code)
  return (
    <StatRow>
      <Stat
        label="Devices"
        value={<Strong bad={harms('ACTIVATION_LIMIT_REACHED')}>{numberText(devices)}</Strong>}
        of={mode === 'off' ? 'activations off' : limit === null ? 'unlimited' : `of ${numberText(limit)}`}
      >
        {limit !== null && devices > limit
          ? `${numberText(devices - limit)} over the limit`
          : limit !== null
            ? `${numberText(limit - devices)} left`
            : undefined}
      </Stat>
      <Stat
        label={usageLabel[limits.usage.reset]}
        value={<Strong bad={harms('USAGE_LIMIT_REACHED')}>{numberText(usage)}</Strong>}
        of={limits.usage.limit === null ? 'unlimited' : `of ${numberText(limits.usage.limit)}`}
      >
        {limits.usage.overridden && <Overridden />}
        {licenseKey.usageResetsAt ? (
          <>
            resets <Time value={licenseKey.usageResetsAt} now={now} />
          </>
        ) : limits.usage.limit !== null ? (
          'never resets'
        ) : undefined}
      </Stat>
      <Stat label="Validations" value={numberText(licenseKey.validations)} of="answered yes">
        {licenseKey.lastValidatedAt ? (
          <>
            last <Time value={licenseKey.lastValidatedAt} now={now} />
          </>
        ) : (
          'never validated'
        )}
      </Stat>
      <Expires licenseKey={licenseKey} harms={harms('EXPIRED')} now={now} />
    </StatRow>
  )
}

function Expires({ licenseKey, harms, now }: { licenseKey: LicenseKeyDetail; harms: boolean; now: Date }) {
  const { expiresAt, limits, expiryOverridden, configured, timeZone, storedStatus } = licenseKey
  const grace = limits.grace.days
  // Its grace helps nobody while the key is switched off.
  const isOff = storedStatus !== 'granted'
  const own = expiryOverridden && <Overridden />
  if (expiresAt === null) {
    const { count, unit } = configured.expiry
    if (!licenseKey.expiryStarts || count === null || unit === null) {
      return (
        <Stat label="Expires" value="Never">
          {own || undefined}
        </Stat>
      )
    }
    return (
      <Stat label="Expires" value={countText(count, unit)} of="after activation">
        not activated yet
      </Stat>
    )
  }
  const days = daysUntil(expiresAt, now)
  const graceEnd = new Date(expiresAt.getTime() + grace * DAY_MS)
  if (expiresAt > now) {
    return (
      <Stat label="Expires" value={countText(days, 'day')} of={endInShort(expiresAt, timeZone)}>
        {own}
        {grace > 0 ? `then ${countText(grace, 'day')} of grace` : 'no grace'}
      </Stat>
    )
  }
  return (
    <Stat label="Expired" value={<Strong bad={harms}>{endInShort(expiresAt, timeZone)}</Strong>}>
      {own}
      {graceEnd <= now
        ? 'refused since then'
        : isOff
          ? `would be in grace until ${endInShort(graceEnd, timeZone)}`
          : `in grace, ${countText(daysUntil(graceEnd, now), 'day')} left`}
    </Stat>
  )
}

const Strong = ({ bad, children }: { bad: boolean; children: ReactNode }) =>
  bad ? <span className="text-bad">{children}</span> : children

const Overridden = () => (
  <>
    <Badge tone="accent">overridden</Badge>{' '}
  </>
)
