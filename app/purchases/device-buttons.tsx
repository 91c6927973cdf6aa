'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ComponentProps, type ReactNode, Suspense, useActionState, useRef, useState } from 'react'
import { buttonLook } from '#components/ui/button-look.ts'
import { later } from '#components/ui/later.ts'
import { Tooltip } from '#components/ui/tooltip.tsx'
import type { FormAction } from '#lib/web/action.ts'

// What the buttons open is loaded when somebody is about to press one, so these are plain.
const windows = later(() => import('./device-windows.tsx'))

export type AskedDevice = {
  id: string
  label: string
  words: Record<
    | 'rename'
    | 'renameButton'
    | 'name'
    | 'nameAbout'
    | 'renamed'
    | 'deactivate'
    | 'deactivateOne'
    | 'deactivateAsk'
    | 'deactivated'
    | 'cancel'
    | 'close',
    string
  >
}

/** Asks for another name of a device. */
export function RenameButton({ device, children }: { device: AskedDevice; children: ReactNode }) {
  const { button, asked, window } = useAsked()
  const label = device.words.rename
  return (
    <>
      <Tooltip content={label}>
        <button
          {...button}
          type="button"
          aria-label={label}
          className={buttonLook('ghost', 'icon-sm', 'noscript:hidden')}
        >
          {children}
        </button>
      </Tooltip>
      {asked && <Window ask="rename" device={device} {...window} />}
    </>
  )
}

/** Asks whether a device is to be deactivated. */
export function DeactivateButton({ device, children }: { device: AskedDevice; children: string }) {
  const { button, asked, window } = useAsked()
  return (
    <>
      <button
        {...button}
        type="button"
        aria-label={device.words.deactivateOne}
        className={buttonLook('secondary', 'md', 'noscript:hidden')}
      >
        {device.words.deactivate}
      </button>
      {asked && (
        <Window ask="deactivate" device={device} {...window}>
          {children}
        </Window>
      )}
    </>
  )
}

function useAsked() {
  const [open, setOpen] = useState(false)
  // Stays once it has been open, so that it can close in its own time.
  const asked = useRef(false)
  if (open) asked.current = true
  return {
    asked: asked.current,
    window: { open, onOpenChange: setOpen },
    button: {
      'aria-haspopup': 'dialog' as const,
      'aria-expanded': open,
      onPointerEnter: windows.hint,
      onFocus: windows.hint,
      onClick: () => setOpen(true),
    },
  }
}

function Window(props: ComponentProps<typeof import('./device-windows.tsx').DeviceWindow>) {
  return <Suspense>{<LaterWindow {...props} />}</Suspense>
}

function LaterWindow(props: ComponentProps<typeof Window>) {
  const part = windows.usePart()
  return <part.DeviceWindow {...props} />
}

/** A plain form for browsers without scripts, folded up until somebody wants it. */
export function PlainForm({ action, title, children }: { action: FormAction; title: ReactNode; children: ReactNode }) {
  const [state, submit] = useActionState(action, { status: 'idle' })
  const isRefused = state.status === 'error'
  return (
    <details className="hidden basis-full noscript:block" open={isRefused}>
      <summary className="w-fit rounded-xs font-medium">{title}</summary>
      <form action={submit} className="mt-2 grid gap-2">
        {isRefused && (
          <p role="alert" className="font-medium text-bad">
            {state.message}
          </p>
        )}
        {children}
      </form>
    </details>
  )
}
