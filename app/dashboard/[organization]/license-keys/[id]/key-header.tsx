'use client'
import { ChevronDown, Eye, EyeOff } from 'lucide-react'
import { type ReactNode, useState, useTransition } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '#components/ui/menu.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { MailWay } from '#lib/mail/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { revealKey } from './actions.ts'
import { type Ask, actionsFor, formOf, isHelp, askLabels as labels } from './asks.ts'
import type { HeaderKey } from './header-key.ts'
import { confirmationHints, LaterConfirmation } from './later-confirmation.tsx'

/** The key's title line: masked until somebody asks, its state, and what can be done with it. */
export function KeyHeader({
  organization,
  licenseKey,
  status,
  mailWay,
  mayReveal,
  mayHelp,
  mayWrite,
  now,
}: {
  organization: string
  licenseKey: HeaderKey
  status: ReactNode
  mailWay: MailWay
  mayReveal: boolean
  /** Off and on, mailed again, edited within bounds. */
  mayHelp: boolean
  mayWrite: boolean
  now: Date
}) {
  const [keyString, setKeyString] = useState<string | null>(null)
  const [asked, setAsked] = useState<Ask | null>(null)
  const [revealing, startTransition] = useTransition()
  const values = { organization, licenseKeyId: licenseKey.id }

  const reveal = () =>
    startTransition(async () => {
      const state = await revealKey({ status: 'idle' }, formOf(values))
      if (state.status === 'ok') setKeyString(state.result as string)
      else toast.error(state.message)
    })

  // Whoever may not see key strings gets no new one either.
  const offered = actionsFor(licenseKey).filter((ask) => (mayWrite || isHelp(ask)) && (ask !== 'rotate' || mayReveal))
  return (
    <>
      <PageHeader
        mono
        breadcrumbs={[{ label: 'License keys', href: paths.licenseKeys({ organization }) }]}
        title={<span className="break-all">{keyString ?? <MaskedKey masked={licenseKey.masked} large />}</span>}
        status={
          <>
            {mayReveal &&
              (keyString === null ? (
                <Button size="sm" loading={revealing} onClick={reveal}>
                  <Eye size={14} aria-hidden="true" />
                  Reveal
                </Button>
              ) : (
                <>
                  <CopyButton value={keyString} label="Copy key" size="sm">
                    Copy
                  </CopyButton>
                  <Button size="sm" variant="ghost" onClick={() => setKeyString(null)}>
                    <EyeOff size={14} aria-hidden="true" />
                    Hide
                  </Button>
                </>
              ))}
            {status}
            <span aria-live="polite" className="sr-only">
              {keyString === null ? '' : 'The key is revealed. The history records it.'}
            </span>
          </>
        }
        actions={
          mayHelp && (
            <>
              <span className="contents max-sm:hidden">
                <Button {...confirmationHints} onClick={() => setAsked('resend')}>
                  {labels.resend}
                </Button>
                {offered.map((ask) => (
                  <Button
                    key={ask}
                    {...confirmationHints}
                    onClick={() => setAsked(ask)}
                    className={ask === 'revoke' ? 'text-bad!' : undefined}
                  >
                    {labels[ask]}
                  </Button>
                ))}
                <Button variant="primary" href={paths.editLicenseKey({ organization, id: licenseKey.id })}>
                  Edit
                </Button>
              </span>
              <span className="sm:hidden">
                <Menu
                  trigger={
                    <Button>
                      Actions
                      <ChevronDown size={14} aria-hidden="true" />
                    </Button>
                  }
                >
                  <MenuItem href={paths.editLicenseKey({ organization, id: licenseKey.id })}>Edit</MenuItem>
                  <MenuItem onSelect={() => setAsked('resend')}>{labels.resend}</MenuItem>
                  <MenuSeparator />
                  {offered.map((ask) => (
                    <MenuItem key={ask} destructive={ask === 'revoke'} onSelect={() => setAsked(ask)}>
                      {labels[ask]}
                    </MenuItem>
                  ))}
                </Menu>
              </span>
            </>
          )
        }
      />
      {asked && (
        <LaterConfirmation
          key={asked}
          ask={asked}
          licenseKey={licenseKey}
          organization={organization}
          mailWay={mailWay}
          now={now}
          onClose={() => setAsked(null)}
          onRotated={setKeyString}
        />
      )}
    </>
  )
}
