import { Badge } from '#components/ui/badge.tsx'

/** Stands beside a section: what the configuration says, and whether this key differs from it. */
export function FromConfiguration({ words, overridden }: { words: string; overridden: boolean }) {
  return (
    <>
      Configuration: {words}
      {overridden && (
        <span className="mt-1.5 block">
          <Badge tone="accent">overridden</Badge>
        </span>
      )}
    </>
  )
}

export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
