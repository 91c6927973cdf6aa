'use client'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import type { MailWay } from '#lib/mail/plain.ts'
import { revealKey } from './actions.ts'
import { type Ask, askLabels, formOf, isHelp, quickFor } from './asks.ts'
import type { HeaderKey } from './header-key.ts'
import { confirmationHints, LaterConfirmation } from './later-confirmation.tsx'

/** The usual actions on a key, beside its page. */
export function QuickActions({
  organization,
  licenseKey,
  mailWay,
  mayReveal,
  mayHelp,
  mayWrite,
  now,
}: {
  organization: string
  licenseKey: HeaderKey
  mailWay: MailWay
  mayReveal: boolean
  mayHelp: boolean
  mayWrite: boolean
  now: Date
}) {
  const [asked, setAsked] = useState<Ask | null>(null)
  const copy = async () => {
    const state = await revealKey({ status: 'idle' }, formOf({ organization, licenseKeyId: licenseKey.id }))
    if (state.status !== 'ok') throw new Error(state.message)
    return state.result as string
  }
  const offered = [...quickFor(licenseKey), 'resend' as const].filter((ask) => mayWrite || isHelp(ask))
  return (
    <>
      {mayReveal && (
        <CopyButton value={copy} label="Copy key" size="sm">
          Copy key
        </CopyButton>
      )}
      {mayHelp &&
        offered.map((ask) => (
          <Button key={ask} size="sm" {...confirmationHints} onClick={() => setAsked(ask)}>
            {askLabels[ask]}
          </Button>
        ))}
      {asked && (
        <LaterConfirmation
          key={asked}
          ask={asked}
          licenseKey={licenseKey}
          organization={organization}
          mailWay={mailWay}
          now={now}
          onClose={() => setAsked(null)}
          onRotated={() => {}}
        />
      )}
    </>
  )
}
