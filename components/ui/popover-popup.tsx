'use client'
import { Popover as Base } from '@base-ui/react/popover'
import { cx } from './cx.ts'
import { type FirstUse, useRepeated } from './first-use.tsx'
import type { PopoverProps } from './popover.tsx'
import { popupLook } from './popup-look.ts'

/** The panel once it has been used; `first` is repeated on it. */
export function UsedPopover({
  trigger,
  label,
  align = 'start',
  className,
  first,
  children,
}: PopoverProps & { first: FirstUse }) {
  const button = useRepeated(first)
  return (
    <Base.Root>
      <Base.Trigger ref={button} render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} collisionPadding={8} className="z-50">
          <Base.Popup
            aria-label={label}
            className={cx(
              popupLook,
              'scroll-thin max-h-(--available-height) max-w-(--available-width) overflow-y-auto p-3',
              className,
            )}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
