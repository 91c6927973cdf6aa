import { Time } from '#components/ui/time.tsx'

/** When software last asked about a key or a device. */
export function SeenText({ at, now }: { at: Date | null; now: Date }) {
  return at ? <Time value={at} now={now} /> : <span className="text-mute">Never</span>
}
