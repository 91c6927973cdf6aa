'use client'
import { Tooltip as Base } from '@base-ui/react/tooltip'
import { exactTime, type Instant } from './relative-time.ts'
import type { Shown } from './tooltip.tsx'

/** The box of a tooltip beside what it is about. */
export default function TooltipPopup({ anchor, content, instant, onHide }: Shown & { onHide: () => void }) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onHide()} disableHoverablePopup>
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={6} collisionPadding={8} className="pointer-events-none z-50">
          <Base.Popup className="max-w-72 origin-(--transform-origin) rounded-control bg-btn px-2.5 py-1.5 text-btntx text-sm shadow-pop transition-[opacity,scale] duration-100 data-starting-style:scale-97 data-starting-style:opacity-0 data-instant:transition-none">
            {instant === undefined ? content : <ExactTime value={instant} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

function ExactTime({ value }: { value: Instant }) {
  const local = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(value))
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <span className="grid grid-cols-[auto_auto] gap-x-3">
      <span className="opacity-70">Exact</span>
      <span>{exactTime(value)}</span>
      {zone !== 'UTC' && (
        <>
          <span className="opacity-70">Yours</span>
          <span>
            {local} ({zone})
          </span>
        </>
      )}
    </span>
  )
}
