import { z } from 'zod'

/** Asks for an archive. The box is ticked unless somebody unticks it. */
export const AskArchive = z.object({ keyStrings: z.literal('on').optional() }).transform(({ keyStrings }) => ({
  hasKeyStrings: keyStrings === 'on',
}))
export type AskArchive = z.infer<typeof AskArchive>

export const ArchiveId = z.object({ archiveId: z.uuid() })
export type ArchiveId = z.infer<typeof ArchiveId>
