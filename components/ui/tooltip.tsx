'use client'
import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'

// One popup serves every trigger, so a table with hundreds of times in it stays light.
const layer = Base.createHandle<ReactNode>()

/** Shows supplementary words on hover and on keyboard focus; never the only place something is said. */
export function Tooltip({ content, children }: { content: ReactNode; children: ReactElement }) {
  return <Base.Trigger handle={layer} payload={content} delay={350} closeOnClick={false} render={children} />
}

/** The popup all tooltips share; stands once in the root layout. */
export function TooltipLayer() {
  return (
    <Base.Root handle={layer}>
      {({ payload }) => (
        <Base.Portal>
          <Base.Positioner sideOffset={6} collisionPadding={8} className="z-50">
            <Base.Popup className="max-w-72 origin-(--transform-origin) rounded-control bg-btn px-2.5 py-1.5 text-btntx text-sm shadow-pop transition-[opacity,scale] duration-100 data-ending-style:scale-97 data-starting-style:scale-97 data-ending-style:opacity-0 data-starting-style:opacity-0 data-instant:transition-none">
              {payload}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      )}
    </Base.Root>
  )
}
