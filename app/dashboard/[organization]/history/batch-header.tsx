import type { Route } from 'next'
import { PageHeader } from '#components/shell/page-header.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { batchTitle } from '#lib/events/rules.ts'
import type { Batch } from '#lib/license-keys/undo-batch.ts'
import { UndoButton } from './undo-button.tsx'

/** What was done to many keys at once: by whom and why, and how to take it back. */
export function BatchHeader({
  organization,
  batch,
  mayUndo,
  now,
}: {
  organization: string
  batch: Batch
  mayUndo: boolean
  now: Date
}) {
  const { id, type, at, actorLabel, reason, keys, undoable } = batch
  const title = batchTitle(type, keys)
  const changed = keys - undoable
  return (
    <PageHeader
      title={title}
      breadcrumbs={[{ label: 'History', href: `/dashboard/${organization}/history` as Route }]}
      description={
        <>
          By {actorLabel}, <Time value={at} now={now} />. {reason ? `Reason: “${reason}”.` : 'No reason was given.'}{' '}
          {undoable > 0 && changed > 0 && `${numberText(changed)} of them changed since and would be left alone.`}
          {undoable === 0 && 'There is nothing to take back: all of them changed since.'}
        </>
      }
      actions={
        mayUndo &&
        undoable > 0 && (
          <UndoButton organization={organization} batchId={id} title={title}>
            {undoWords[type]?.(countText(undoable, 'key'))}{' '}
            {changed > 0 && `${countText(changed, 'key')} changed since and left alone.`}
          </UndoButton>
        )
      }
    />
  )
}

const undoWords: Partial<Record<Batch['type'], (keys: string) => string>> = {
  'license_key.disabled': (keys) => `${keys} will be enabled and work again at once.`,
  'license_key.enabled': (keys) => `${keys} will be disabled: software refuses them from the next validation on.`,
  'license_key.revoked': (keys) =>
    `${keys} will be restored as they were before. What is revoked for another reason, such as a refund, stays revoked.`,
}
