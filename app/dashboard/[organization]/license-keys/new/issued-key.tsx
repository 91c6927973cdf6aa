'use client'
import { CircleCheck } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import type { IssueChoice } from '#lib/license-keys/queries.ts'
import type { MailWay } from '#lib/mail/plain.ts'
import * as paths from '#lib/web/paths.ts'
import type { Issued } from './actions.ts'

/** The new key, ready to be copied and to be tried. */
export function IssuedKey({
  organization,
  organizationId,
  url,
  issued,
  choice,
  mailWay,
  onAnother,
}: {
  organization: string
  organizationId: string
  url: string
  issued: Issued
  choice: IssueChoice | undefined
  mailWay: MailWay
  onAnother: () => void
}) {
  const mail = !issued.mailed
    ? `Nothing was mailed to ${issued.email}.`
    : {
        sent: `It is on its way to ${issued.email}.`,
        kept: `The mail to ${issued.email} is in this demo’s outbox.`,
        waits: `The mail to ${issued.email} waits until SMTP_URL is set.`,
      }[mailWay]
  const curl = (call: string, body: Record<string, string>) =>
    `curl ${url}/api/license/${call} \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ key: issued.keyString, organization_id: organizationId, ...body })}'`
  return (
    <div className="grid max-w-[720px] gap-3.5">
      <Card>
        <CardBody className="py-5!">
          <div role="status" className="flex items-center gap-2 font-medium text-ok">
            <CircleCheck size={16} aria-hidden="true" />
            Key issued
          </div>
          <p className="mt-3 select-all break-all font-mono text-lg">{issued.keyString}</p>
          <p className="mt-2 text-mute">{mail} You can reveal the key again on its page; that is recorded.</p>
          <div className="mt-4 flex flex-wrap gap-2">
            <CopyButton value={issued.keyString} label="Copy key" variant="primary">
              Copy key
            </CopyButton>
            <Button href={paths.licenseKey({ organization, id: issued.licenseKeyId })}>Open key</Button>
            <Button onClick={onAnother}>Issue another</Button>
            <Button href={paths.integrate({ organization, id: issued.keyConfigurationId })}>
              Add it to your software
            </Button>
          </div>
        </CardBody>
      </Card>
      {choice?.takesActivations && (
        <CodeBlock
          wrap
          title={choice.activationRequired ? 'Activate it on a device first' : 'Activate it on a device'}
          code={curl('activate', { label: 'My computer', fingerprint: 'my-computer' })}
        />
      )}
      <CodeBlock
        wrap
        title={choice?.activationRequired ? 'Then validate it there' : 'Validate it'}
        code={curl('validate', choice?.activationRequired ? { fingerprint: 'my-computer' } : {})}
      />
    </div>
  )
}
