'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { remove, unlock } from './actions.ts'

/** Asks who it is, then downloads. */
export function UnlockArchive({ organization, file }: { organization: string; file: string }) {
  return (
    <ConfirmDialog
      trigger={<Button variant="primary">Download</Button>}
      title="Download everything?"
      confirmLabel="Download"
      values={{ organization }}
      action={confirmAction(unlock)}
      onDone={() => window.location.assign(file)}
    >
      Whoever has this file has everything in it. The download is in the security log.
    </ConfirmDialog>
  )
}

/** Deletes an archive, or stops writing it. */
export function RemoveArchive({ organization, id, isAtWork }: { organization: string; id: string; isAtWork: boolean }) {
  return (
    <ConfirmDialog
      trigger={<Button>{isAtWork ? 'Stop' : 'Delete'}</Button>}
      title={isAtWork ? 'Stop the export?' : 'Delete this export?'}
      confirmLabel={isAtWork ? 'Stop' : 'Delete'}
      destructive
      values={{ organization, archiveId: id }}
      action={confirmAction(remove)}
      onDone={() => toast.success(isAtWork ? 'Stopped' : 'Deleted')}
    >
      {isAtWork
        ? 'What was written so far is deleted.'
        : 'The file is deleted. You can ask for another one at any time.'}
    </ConfirmDialog>
  )
}
