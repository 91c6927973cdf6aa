import { buttonLook } from '#components/ui/button-look.ts'
import { Picture } from '#components/ui/picture.tsx'
import type { PurchasedKeyDetail } from '#lib/purchases/own.ts'
import { deviceMark } from '#lib/purchases/rules.ts'
import type { Words } from '#lib/words/en.ts'
import { deactivateDevice } from './actions.ts'
import { type AskedDevice, DeactivateButton, PlainForm, RenameButton } from './device-buttons.tsx'
import { DeviceFacts } from './device-facts.tsx'

/** One device: what it is, when it was seen, and what can be done about it. */
export function DeviceRow({
  device,
  mayDeactivate,
  mayRename,
  consequence,
  words,
  zone,
  now,
}: {
  device: PurchasedKeyDetail['activations'][number]
  mayDeactivate: boolean
  mayRename: boolean
  /** What deactivating comes to. */
  consequence: string
  words: Words
  zone: string
  now: Date
}) {
  const say = words.devices
  const asked = askedDevice(device, words)
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
        <DeviceFacts device={device} words={words} zone={zone} now={now} />
      </div>
      {mayDeactivate && (
        <>
          <DeactivateButton device={asked}>{consequence}</DeactivateButton>
          <PlainForm
            action={deactivateDevice}
            title={
              <>
                {say.deactivate} <span className="sr-only">{device.label}</span>…
              </>
            }
          >
            <input type="hidden" name="activationId" value={device.id} />
            <p className="text-pretty text-mute">{consequence}</p>
            <div>
              <button type="submit" className={buttonLook('danger')}>
                {say.deactivateOne(device.label)}
              </button>
            </div>
          </PlainForm>
        </>
      )}
    </li>
  )
}

const askedDevice = ({ id, label }: { id: string; label: string }, { devices, frame }: Words): AskedDevice => ({
  ...{ id, label },
  words: {
    ...{ rename: devices.rename(label), renameButton: devices.renameButton, name: devices.name },
    ...{ nameAbout: devices.nameAbout, renamed: devices.renamed },
    ...{ deactivate: devices.deactivate, deactivateOne: devices.deactivateOne(label) },
    ...{ deactivateAsk: devices.deactivateAsk(label), deactivated: devices.deactivated(label) },
    ...{ cancel: frame.cancel, close: frame.close },
  },
})
