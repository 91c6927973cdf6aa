import { Meter } from '#components/ui/meter.tsx'
import type { Trouble } from '#lib/license-keys/refusals.ts'
import type { EffectiveLimits } from '#lib/license-keys/rules.ts'

/** How many of a key's device slots are taken: "2 of 3", "unlimited", or "off". */
export function DeviceMeter({
  devices,
  limits,
  troubles = [],
}: {
  devices: number
  limits: EffectiveLimits
  /** Red when devices are refused for want of a slot. */
  troubles?: Trouble[]
}) {
  const harms = troubles.some((trouble) => trouble.harms && trouble.code === 'ACTIVATION_LIMIT_REACHED')
  const { mode, limit } = limits.activations
  if (mode === 'off' && devices === 0) return <span className="text-mute">off</span>
  return <Meter label="Devices" used={devices} limit={mode === 'off' ? 0 : limit} harms={harms} />
}
