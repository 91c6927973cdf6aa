'use client'
import { type ComponentProps, Suspense } from 'react'
import { later } from '#components/ui/later.ts'

// With what its dialogs are made of; loaded when somebody is about to press the first button.
const confirming = later(() => import('./confirmation.tsx'))
export const confirmationHints = { onPointerEnter: confirming.hint, onFocus: confirming.hint }

type Props = ComponentProps<typeof import('./confirmation.tsx').Confirmation>

/** What an action on a key asks before it happens. */
export const LaterConfirmation = (props: Props) => (
  <Suspense>
    <Confirmation {...props} />
  </Suspense>
)

function Confirmation(props: Props) {
  const part = confirming.usePart()
  return <part.Confirmation {...props} />
}
