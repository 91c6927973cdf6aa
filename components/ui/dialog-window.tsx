'use client'
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactElement, RefObject } from 'react'
import { cx } from './cx.ts'
import { DialogFooter, type DialogProps } from './dialog.tsx'

const widths = { sm: 'sm:max-w-[400px]', md: 'sm:max-w-[520px]', lg: 'sm:max-w-[720px]' } as const

/** The window of a dialog, and all the code that it needs. */
export function DialogWindow({
  button,
  title,
  description,
  size = 'md',
  open,
  onOpenChange,
  footer,
  closeLabel = 'Close',
  children,
}: Omit<DialogProps, 'trigger'> & {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Gets the focus back. */
  button?: RefObject<HTMLElement | null>
}) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-40 flex items-end justify-center sm:items-start sm:p-6 sm:pt-[12vh]">
          <Base.Popup
            finalFocus={button}
            className={cx(
              'flex max-h-[90dvh] w-full flex-col rounded-t-[14px] bg-raise shadow-pop outline-none transition-[opacity,translate,scale] duration-150 ease-out data-ending-style:opacity-0 data-starting-style:opacity-0 max-sm:data-ending-style:translate-y-4 max-sm:data-starting-style:translate-y-4 sm:max-h-[76vh] sm:rounded-[12px] sm:data-ending-style:scale-98 sm:data-starting-style:scale-98',
              widths[size],
            )}
          >
            <div className="flex items-start gap-4 px-5 pt-4">
              <div className="min-w-0 flex-1">
                <Base.Title className="text-pretty font-semibold text-md">{title}</Base.Title>
                {description && (
                  <Base.Description className="mt-1 text-pretty text-mute">{description}</Base.Description>
                )}
              </div>
              <Base.Close
                aria-label={closeLabel}
                className="-mt-0.5 -mr-1.5 grid size-7 shrink-0 place-items-center rounded-control text-mute hover:bg-hover hover:text-ink pointer-coarse:-mt-2 pointer-coarse:-mr-2.5 pointer-coarse:size-10"
              >
                <X size={15} aria-hidden="true" />
              </Base.Close>
            </div>
            <div className="scroll-thin min-h-0 flex-1 overflow-y-auto px-5 pt-4 pb-5 empty:hidden">{children}</div>
            {footer && <DialogFooter className="border-line2 border-t px-5 py-3">{footer}</DialogFooter>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

/** Closes the dialog around it. */
export function DialogClose({ children }: { children: ReactElement }) {
  return <Base.Close render={children} />
}
