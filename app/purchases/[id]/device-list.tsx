import { buttonLook } from '#components/ui/button-look.ts'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Picture } from '#components/ui/picture.tsx'
import { Time } from '#components/ui/time.tsx'
import { deviceMark, idleDays } from '#lib/purchases/rules.ts'
import { deactivateDevice } from '../actions.ts'
import { DeactivateButton, PlainForm, RenameButton } from './device-buttons.tsx'

type Device = {
  id: string
  label: string
  meta: Record<string, unknown>
  lastValidatedAt: Date | null
  createdAt: Date
}

/** Where a key is in use, and how to free a place. */
export function DeviceList({
  devices,
  limit,
  newDevicesBlocked,
  mayNotDeactivate,
  mayNotRename,
  product,
  organization,
  works,
  now,
}: {
  devices: Device[]
  limit: number | null
  newDevicesBlocked: boolean
  mayNotDeactivate: string | null
  mayNotRename: string | null
  product: string
  organization: string
  /** False for a key that no software accepts any more. */
  works: boolean
  now: Date
}) {
  const isFull = limit !== null && devices.length >= limit
  return (
    <Card>
      <CardHeader title="Devices">
        {limit === null ? countText(devices.length, 'device') : `${devices.length} of ${limit}`}
      </CardHeader>
      {works && isFull && devices.length > 0 && (
        <Notice tone="warn" className="m-2.5">
          {limit === 1 ? 'The only device this key allows is in use.' : `All ${limit} devices are in use.`}{' '}
          {mayNotDeactivate
            ? `To use another one, ask ${organization} to free one.`
            : 'To use another one, deactivate one you no longer need.'}
        </Notice>
      )}
      {works && newDevicesBlocked && (
        <Notice tone="warn" className="m-2.5">
          {organization} has blocked new devices for this key. The devices below keep working.
        </Notice>
      )}
      {devices.length === 0 ? (
        <EmptyState title="Not in use" className="py-8">
          {works ? `Activate ${product} on a device, and it appears here.` : 'No device is using this key.'}
        </EmptyState>
      ) : (
        <ul>
          {devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              mayDeactivate={!mayNotDeactivate}
              mayRename={!mayNotRename}
              product={product}
              works={works}
              now={now}
            />
          ))}
        </ul>
      )}
      {mayNotDeactivate && !isFull && devices.length > 0 && (
        <p className="border-line2 border-t px-3.5 py-2.5 text-mute">
          {mayNotDeactivate} Ask {organization}.
        </p>
      )}
    </Card>
  )
}

function DeviceRow({
  device,
  mayDeactivate,
  mayRename,
  product,
  works,
  now,
}: {
  device: Device
  mayDeactivate: boolean
  mayRename: boolean
  product: string
  works: boolean
  now: Date
}) {
  const idle = idleDays(device, now)
  const asked = { id: device.id, label: device.label }
  const consequence = works
    ? `${product} stops working there until it is activated again. Its slot becomes free for another device.`
    : 'Its slot becomes free. The key cannot be used at the moment either way.'
  return (
    <li className="flex items-center gap-3 border-line2 noscript:flex-wrap border-t px-3.5 py-2.5 first:border-t-0">
      <span
        aria-hidden="true"
        className="grid size-[30px] shrink-0 place-items-center rounded-[8px] bg-line2 font-medium font-mono text-mute text-xs"
      >
        {deviceMark(device)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-1">
          <span className="min-w-0 truncate" title={device.label}>
            {device.label}
          </span>
          {mayRename && (
            <RenameButton device={asked}>
              <Picture size={13}>
                <path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497zM15 5l4 4" />
              </Picture>
            </RenameButton>
          )}
        </p>
        <p className="flex flex-wrap gap-x-3 text-mute *:whitespace-nowrap">
          {idle !== null ? (
            <span className="font-medium text-warn">idle {countText(idle, 'day')}</span>
          ) : (
            <span>
              {device.lastValidatedAt ? (
                <>
                  seen <Time value={device.lastValidatedAt} now={now} />
                </>
              ) : (
                'not seen yet'
              )}
            </span>
          )}
          <span>
            added <DateText value={device.createdAt} />
          </span>
        </p>
      </div>
      {mayDeactivate && (
        <>
          <DeactivateButton device={asked}>{consequence}</DeactivateButton>
          <PlainForm
            action={deactivateDevice}
            title={
              <>
                Deactivate <span className="sr-only">{device.label}</span>…
              </>
            }
          >
            <input type="hidden" name="activationId" value={device.id} />
            <p className="text-pretty text-mute">{consequence}</p>
            <div>
              <button type="submit" className={buttonLook('danger')}>
                Deactivate {device.label}
              </button>
            </div>
          </PlainForm>
        </>
      )}
    </li>
  )
}
