import type { HeaderKey } from './header-key.ts'

/** What can be done to a key from its title line. */
export type Ask = 'disable' | 'enable' | 'rotate' | 'revoke' | 'restore' | 'resend'

export const actionsFor = {
  granted: ['rotate', 'disable', 'revoke'],
  disabled: ['rotate', 'enable', 'revoke'],
  revoked: ['restore'],
} as const satisfies Record<HeaderKey['storedStatus'], readonly Ask[]>

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
