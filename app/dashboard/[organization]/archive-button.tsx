'use client'
import type { ReactNode } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { countText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Archives a part of the catalog or brings it back; `children` say before what that does. */
export function ArchiveButton({
  organization,
  id,
  name,
  archived,
  action,
  children,
}: {
  organization: string
  id: string
  name: string
  archived: boolean
  action: FormAction
  children: ReactNode
}) {
  const verb = archived ? 'Restore' : 'Archive'
  return (
    <ConfirmDialog
      trigger={<Button>{verb}</Button>}
      title={`${verb} ${name}?`}
      confirmLabel={verb}
      values={{ organization, id }}
      action={confirmAction(action)}
      onDone={() => toast.success(`${name} ${archived ? 'restored' : 'archived'}`)}
    >
      {children}
    </ConfirmDialog>
  )
}

/** What becomes of the keys that were issued, and of what is archived. */
export function KeysKeepWorking({ keys, issued }: { keys: number; issued: 'for it' | 'from it' }) {
  const words =
    keys === 0
      ? `No key has been issued ${issued} yet.`
      : keys === 1
        ? 'The key that was issued keeps working.'
        : `The ${countText(keys, 'key')} that were issued keep working.`
  return `${words} You can restore it at any time.`
}
