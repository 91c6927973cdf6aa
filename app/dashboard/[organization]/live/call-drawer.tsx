'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { Drawer } from '#components/ui/drawer.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { isPeek, usePeek } from '#components/ui/peek/use-peek.ts'
import { exactTime } from '#components/ui/relative-time.ts'
import { Status } from '#components/ui/status.tsx'
import { callVerbs, type ShownCall } from '#lib/call-log/plain.ts'
import { verdicts } from '#lib/error-codes/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { toneOf, tookText } from './call-table.tsx'

/** Everything the log has about one call, and where to go from there. */
export function CallDrawer({
  organization,
  call,
  open,
  onClose,
}: {
  organization: string
  call: ShownCall | null
  open: boolean
  onClose: () => void
}) {
  return (
    <Drawer
      title={call ? callVerbs[call.verb] : 'Call'}
      open={open}
      onOpenChange={(next) => !next && onClose()}
      footer={
        call?.licenseKey && (
          <>
            <Button href={paths.live({ organization }, { key: call.licenseKey.id })} onClick={onClose}>
              Only this key
            </Button>
            <KeyButton organization={organization} id={call.licenseKey.id} onClose={onClose} />
          </>
        )
      }
    >
      {call && <Facts organization={organization} call={call} />}
    </Drawer>
  )
}

/** The key takes the place of the call, beside the calls. */
function KeyButton({ organization, id, onClose }: { organization: string; id: string; onClose: () => void }) {
  const peek = usePeek()
  return (
    <Button
      variant="primary"
      href={paths.licenseKey({ organization, id })}
      onClick={(event) => {
        if (!isPeek(event)) return
        event.preventDefault()
        onClose()
        peek.open(id)
      }}
    >
      Open key
    </Button>
  )
}

function Facts({ organization, call }: { organization: string; call: ShownCall }) {
  const { licenseKey, code, standsFor } = call
  return (
    <div className="grid gap-5">
      <div>
        <Status tone={toneOf(call)} label={verdicts[code].label} />
        <p className="mt-1 text-mute">
          <TextLink href={paths.errorCode({ code })}>
            <code className="font-mono text-sm">{code}</code>
          </TextLink>
          {standsFor > 1 && (
            <>
              {' '}
              stands for {countText(standsFor, 'call')}: there were too many with this answer to show each. The chart
              counts all.
            </>
          )}
        </p>
      </div>
      <DescriptionList>
        <Description name="When">
          <span className="tabular-nums">{exactTime(call.at)}</span>
        </Description>
        <Description name="Key">
          {licenseKey ? (
            <TextLink href={paths.licenseKey({ organization, id: licenseKey.id })}>
              <MaskedKey masked={licenseKey.masked} />
            </TextLink>
          ) : (
            'Unknown: no key has what was sent'
          )}
        </Description>
        <Description name="Customer">{licenseKey?.customer}</Description>
        <Description name="Configuration">
          {licenseKey && (
            <TextLink href={paths.keyConfiguration({ organization, id: licenseKey.configurationId })}>
              {licenseKey.configuration}
            </TextLink>
          )}
        </Description>
        <Description name="Device">{call.device ?? undefined}</Description>
        <Description name="Known by">
          {call.fingerprint ? <code className="font-mono text-sm">{call.fingerprint}</code> : undefined}
        </Description>
        <Description name="Activation">
          {call.activationId ? (
            <span className="-my-1 flex items-center gap-1">
              <code className="font-mono text-sm" title={call.activationId}>
                {call.activationId.slice(0, 8)}…{call.activationId.slice(-4)}
              </code>
              <CopyButton value={call.activationId} label="Copy activation id" />
            </span>
          ) : undefined}
        </Description>
        <Description name="App">{call.app ?? undefined}</Description>
        <Description name="Address">
          {call.address ? <span className="tabular-nums">{call.address}</span> : undefined}
        </Description>
        <Description name="Asked as">{dialectWords[call.dialect] ?? (call.dialect || 'Latchkey')}</Description>
        <Description name="Took">{tookText(call.durationMs)}</Description>
        {standsFor > 1 && <Description name="Stands for">{numberText(standsFor)} calls</Description>}
      </DescriptionList>
    </div>
  )
}

const dialectWords: Record<string, string> = { '/polar': 'Polar', '/dodo': 'Dodo', '/lemonsqueezy': 'Lemon Squeezy' }

function TextLink({ href, children }: { href: Parameters<typeof Link>[0]['href']; children: ReactNode }) {
  return (
    <Link href={href} className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current">
      {children}
    </Link>
  )
}
