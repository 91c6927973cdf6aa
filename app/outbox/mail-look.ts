import { keptLook } from '#lib/mail/plain.ts'
import type { MailStatus } from '#prisma/enums.ts'

/** The state of a mail as a word and a colour. In a demo nothing leaves, so waiting is how a mail ends. */
export const mailLook = {
  waiting: keptLook,
  sent: { tone: 'ok', label: 'Sent' },
  failed: { tone: 'bad', label: 'Failed' },
  dropped: { tone: 'off', label: 'Not sent' },
} as const satisfies Record<MailStatus, { tone: 'ok' | 'off' | 'bad'; label: string }>
