'use client'
import { Drawer as Base } from '@base-ui/react/drawer'
import { X } from 'lucide-react'
import type { RefObject } from 'react'
import { cx } from './cx.ts'
import type { DrawerProps } from './drawer.tsx'

/** The panel of a drawer, and all the code that it needs. */
export function DrawerWindow({
  button,
  title,
  hideTitle,
  side = 'right',
  open,
  onOpenChange,
  footer,
  children,
}: Omit<DrawerProps, 'trigger'> & {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Gets the focus back. */
  button?: RefObject<HTMLElement | null>
}) {
  const left = side === 'left'
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)} swipeDirection={side}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil opacity-[calc(1-var(--drawer-swipe-progress))] transition-opacity duration-250 data-ending-style:opacity-0 data-starting-style:opacity-0 data-swiping:duration-0" />
        <Base.Viewport className={cx('fixed inset-0 z-40 flex items-stretch', left ? 'justify-start' : 'justify-end')}>
          <Base.Popup
            finalFocus={button}
            className={cx(
              'flex h-full flex-col bg-raise shadow-pop outline-none transition-transform duration-250 ease-[cubic-bezier(0.32,0.72,0,1)] [transform:translateX(var(--drawer-swipe-movement-x))] data-swiping:select-none data-swiping:duration-0',
              left
                ? 'w-[264px] max-w-[84vw] data-ending-style:[transform:translateX(-100%)] data-starting-style:[transform:translateX(-100%)]'
                : 'w-[440px] max-w-[92vw] data-ending-style:[transform:translateX(100%)] data-starting-style:[transform:translateX(100%)]',
            )}
          >
            <Base.Content className="flex min-h-0 flex-1 flex-col">
              <div className={cx('flex items-center gap-4 px-5 py-3', hideTitle ? 'sr-only' : 'border-line2 border-b')}>
                <Base.Title className="min-w-0 flex-1 truncate font-semibold text-md">{title}</Base.Title>
                <Base.Close
                  aria-label="Close"
                  className="-mr-1.5 grid size-7 shrink-0 place-items-center rounded-control text-mute hover:bg-hover hover:text-ink pointer-coarse:size-10"
                >
                  <X size={15} aria-hidden="true" />
                </Base.Close>
              </div>
              <div className={cx('scroll-thin min-h-0 flex-1 overflow-y-auto', !hideTitle && 'px-5 py-4')}>
                {children}
              </div>
              {footer && <div className="flex justify-end gap-2 border-line2 border-t px-5 py-3">{footer}</div>}
            </Base.Content>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
