'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { relativeTime } from '#components/ui/relative-time.ts'
import { toast } from '#components/ui/toast.tsx'
import { revokeKey } from './actions.ts'

/** Ends an API key, and says before what will stop. */
export function RevokeButton({
  organization,
  apiKeyId,
  name,
  lastUsedAt,
  now,
}: {
  organization: string
  apiKeyId: string
  name: string
  lastUsedAt: Date | null
  now: Date
}) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      }
      title={`Revoke ${name}?`}
      confirmLabel="Revoke"
      destructive
      values={{ organization, apiKeyId }}
      action={confirmAction(revokeKey)}
      onDone={() => toast.success(`${name} revoked`)}
    >
      {lastUsedAt ? (
        <>
          It was last used <b>{relativeTime(lastUsedAt, now)}</b>. Every program that holds it is refused from the next
          request on.
        </>
      ) : (
        'It was never used. Whoever holds it is refused from now on.'
      )}{' '}
      License keys it issued keep working. This cannot be undone; you can create a new API key at any time.
    </ConfirmDialog>
  )
}
