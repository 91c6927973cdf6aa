import type { ArchiveStatus } from '#prisma/enums.ts'

/** So many days an archive can be downloaded. */
export const ARCHIVE_DAYS = 7

/** How an archive stands, as a word and a color. */
export const archiveLook = {
  waiting: { tone: 'warn', label: 'Waiting' },
  running: { tone: 'accent', label: 'Being written' },
  ready: { tone: 'ok', label: 'Ready' },
  failed: { tone: 'bad', label: 'Failed' },
} as const satisfies Record<ArchiveStatus, { tone: string; label: string }>

/** True while it is asked for and not there yet. */
export const isAtWork = (status: ArchiveStatus): boolean => status === 'waiting' || status === 'running'
