import { Badge } from '#components/ui/badge.tsx'
import type { Tone } from '#components/ui/tones.ts'

const tones: Record<string, Tone> = { GET: 'ok', POST: 'accent', PATCH: 'warn', DELETE: 'bad' }

/** What a request does, as a word and a colour. */
export const Method = ({ method }: { method: string }) => (
  <Badge tone={tones[method] ?? 'plain'} className="font-mono">
    {method}
  </Badge>
)
