import { Ago, Day } from '#components/reader-moment.tsx'
import { deviceFacts, idleDays } from '#lib/purchases/rules.ts'
import type { Words } from '#lib/words/en.ts'

/** What it runs and when it was first and last seen. */
export function DeviceFacts({
  device,
  words,
  zone,
  now,
}: {
  device: { meta: Record<string, unknown>; lastValidatedAt: Date | null; createdAt: Date }
  words: Words
  zone: string
  now: Date
}) {
  const say = words.devices
  const idle = idleDays(device, now)
  const { platform, version } = deviceFacts(device.meta)
  const runs = [platform, version && say.version(version)].filter(Boolean).join(', ')
  return (
    <p className="flex flex-wrap gap-x-3 text-mute">
      {runs && <span className="min-w-0 truncate">{runs}</span>}
      {idle !== null ? (
        <span className="font-medium text-warn">{say.idle(idle)}</span>
      ) : device.lastValidatedAt ? (
        <span className="whitespace-nowrap">
          {say.seen} <Ago value={device.lastValidatedAt} words={words} zone={zone} now={now} />
        </span>
      ) : (
        <span className="whitespace-nowrap">{say.notSeen}</span>
      )}
      <span className="whitespace-nowrap">
        {say.added} <Day value={device.createdAt} words={words} zone={zone} />
      </span>
    </p>
  )
}
