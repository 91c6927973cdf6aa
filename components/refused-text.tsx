import { refusalWords } from '#lib/history/rules.ts'

/** How often a key refused a device lately; nothing when it did not. */
export function RefusedText({ refused }: { refused: { times: number; code: string } | null }) {
  if (!refused) return null
  return (
    <span className="whitespace-nowrap font-medium text-bad text-sm" title={refusalWords(refused.code)}>
      refused {refused.times}×
    </span>
  )
}
