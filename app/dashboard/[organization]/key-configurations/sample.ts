import { maskedKey } from '#lib/license-keys/rules.ts'
import { sampleKeyString } from '#lib/license-keys/schema.ts'
import type { KeyFormat } from '#prisma/enums.ts'

/** How keys of a configuration look in lists: prefix, dots, last six characters. */
export const shortSample = ({ format, prefix }: { format: KeyFormat; prefix: string | null }): string =>
  maskedKey({ prefix, lastCharacters: sampleKeyString(format, prefix).slice(-6) })
