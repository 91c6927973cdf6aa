'use client'
import { useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { rotate } from '../../actions.ts'
import { Moment } from '../../moment.tsx'

/** What events are signed with: it can only be replaced, and is told once. */
export function SecretCard({
  organization,
  endpointId,
  formerSecretUntil,
}: {
  organization: string
  endpointId: string
  formerSecretUntil: Date | null
}) {
  const [made, setMade] = useState<string | null>(null)
  const action: FormAction = async (previous, form) => {
    const state = await rotate(previous, form)
    if (state.status === 'ok') setMade(state.result as string)
    return state
  }
  return (
    <Card>
      <CardHeader title="Secret" />
      <CardBody>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">
            {formerSecretUntil ? (
              <>
                The one before ends on <Moment at={formerSecretUntil} />. Until then everything is signed with both.
              </>
            ) : (
              'Everything that is sent is signed with it. It is kept encrypted and shown to nobody.'
            )}
          </p>
          <ConfirmDialog
            trigger={<Button size="sm">Replace the secret</Button>}
            title="Replace the secret?"
            confirmLabel="Replace"
            values={{ organization, endpointId }}
            action={confirmAction(action)}
          >
            A new one is made and shown once. <b>For 24 hours everything is signed with both</b>, so your server can
            change over at any moment of them.
          </ConfirmDialog>
        </div>
        {made && (
          <div role="status" className="mt-3 rounded-control bg-okbg px-3 py-2.5">
            <p className="select-all break-all font-mono text-sm">{made}</p>
            <p className="mt-1 text-pretty text-mute">
              Copy it now: it is kept encrypted, and this page shows it only once.
            </p>
            <CopyButton value={made} label="Copy secret" size="sm" variant="primary" className="mt-2">
              Copy secret
            </CopyButton>
          </div>
        )}
      </CardBody>
    </Card>
  )
}
