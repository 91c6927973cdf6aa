import type { ImportStatus } from '#prisma/enums.ts'
import type { ImportCounts } from './schema.ts'

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off' | 'accent' }

/** The state of an import as a word and a colour. */
const importStatusLook = {
  uploading: { label: 'Uploading', tone: 'off' },
  draft: { label: 'Not checked yet', tone: 'off' },
  checking: { label: 'Checking', tone: 'accent' },
  checked: { label: 'Ready to start', tone: 'warn' },
  running: { label: 'Running', tone: 'accent' },
  done: { label: 'Done', tone: 'ok' },
  stopped: { label: 'Stopped', tone: 'off' },
  failed: { label: 'Failed', tone: 'bad' },
} as const satisfies Record<ImportStatus, Look>

/** The same, where nothing is left to be started. */
export const importLook = (
  status: ImportStatus,
  { keys, activations }: Pick<ImportCounts, 'keys' | 'activations'>,
): Look =>
  status === 'checked' && keys === 0 && activations === 0
    ? { label: 'Nothing to import', tone: 'off' }
    : importStatusLook[status]

/** True while a process is at work on it. */
export const isAtWork = (status: ImportStatus): boolean => status === 'checking' || status === 'running'
