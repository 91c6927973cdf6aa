import type { HeaderKey } from './header-key.ts'

/** What can be done to a key from its title line. */
export type Ask = 'disable' | 'enable' | 'rotate' | 'revoke' | 'restore' | 'resend'

const all = {
  granted: ['rotate', 'disable', 'revoke'],
  disabled: ['rotate', 'enable', 'revoke'],
  revoked: ['restore'],
} as const satisfies Record<HeaderKey['storedStatus'], readonly Ask[]>

/** A key that only its purchase took back is not restored but kept, which stands beside the reason. */
const helps =
  ({ revokedFor }: Pick<HeaderKey, 'revokedFor'>) =>
  (ask: Ask) =>
    ask !== 'restore' || revokedFor.length === 0 || revokedFor.includes('by_hand')

/** What is offered for a key. */
export const actionsFor = (licenseKey: Pick<HeaderKey, 'storedStatus' | 'revokedFor'>): Ask[] =>
  all[licenseKey.storedStatus].filter(helps(licenseKey))

/** What is done most beside its page: off or on. */
export const quickFor = (licenseKey: Pick<HeaderKey, 'storedStatus' | 'revokedFor'>): Ask[] =>
  [quick[licenseKey.storedStatus]].filter(helps(licenseKey))

const quick = {
  granted: 'disable',
  disabled: 'enable',
  revoked: 'restore',
} as const satisfies Record<HeaderKey['storedStatus'], Ask>

/** What support may do, too. */
export const isHelp = (ask: Ask): boolean => ask === 'disable' || ask === 'enable' || ask === 'resend'

export const askLabels = {
  disable: 'Disable',
  enable: 'Enable',
  rotate: 'Rotate',
  revoke: 'Revoke',
  restore: 'Restore',
  resend: 'Resend mail',
} as const satisfies Record<Ask, string>

export function formOf(values: Record<string, string>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.set(name, value)
  return form
}
