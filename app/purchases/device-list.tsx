import { Card, CardHeader } from '#components/ui/card.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Notice } from '#components/ui/notice.tsx'
import type { PurchasedKeyDetail } from '#lib/purchases/own.ts'
import { idleDays } from '#lib/purchases/rules.ts'
import type { Words } from '#lib/words/en.ts'
import { DeviceRow } from './device-row.tsx'
import { UndoRow } from './undo-row.tsx'

/** Where a key is in use, and how to free a place. */
export function DeviceList({
  licenseKey,
  works,
  now,
  words,
  zone,
}: {
  licenseKey: PurchasedKeyDetail
  /** False for a key that no software accepts any more. */
  works: boolean
  now: Date
  words: Words
  zone: string
}) {
  const { activations: devices, undoable, newDevicesBlocked, mayNotDeactivate, mayNotRename, name, brand } = licenseKey
  const { limit } = licenseKey.devices
  const say = words.devices
  const isFull = limit !== null && devices.length >= limit
  const hasIdle = devices.some((device) => idleDays(device, now) !== null)
  return (
    <Card>
      <CardHeader title={say.title}>
        {limit === null ? say.count(devices.length) : say.of(devices.length, limit)}
      </CardHeader>
      {works && isFull && devices.length > 0 && (
        <Notice tone="warn" className="m-2.5">
          {say.full(limit)} {mayNotDeactivate ? say.fullAsk(brand.name) : say.fullFree}
        </Notice>
      )}
      {works && newDevicesBlocked && (
        <Notice tone="warn" className="m-2.5">
          {say.blocked(brand.name)}
        </Notice>
      )}
      {devices.length === 0 && undoable.length === 0 ? (
        <EmptyState title={say.none} className="py-8">
          {works ? say.noneWorks(name) : say.noneOver}
        </EmptyState>
      ) : (
        <ul>
          {undoable.map(({ id, label }) => (
            <UndoRow
              key={id}
              activationId={id}
              words={{ deactivated: say.deactivated(label), undo: say.undo, undoOne: say.undoOne(label) }}
            />
          ))}
          {devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              mayDeactivate={!mayNotDeactivate}
              mayRename={!mayNotRename}
              consequence={works ? say.stopsWorks(name) : say.stopsOver}
              words={words}
              zone={zone}
              now={now}
            />
          ))}
        </ul>
      )}
      {mayNotDeactivate && !isFull && devices.length > 0 && (
        <p className="border-line2 border-t px-3.5 py-2.5 text-mute">{say.sellerFrees(brand.name)}</p>
      )}
      {hasIdle && !mayNotDeactivate && (
        <p className="text-pretty border-line2 border-t px-3.5 py-2.5 text-mute">{say.idleHint}</p>
      )}
    </Card>
  )
}
