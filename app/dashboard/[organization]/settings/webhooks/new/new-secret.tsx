'use client'
import { CircleCheck } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import * as paths from '#lib/web/paths.ts'
import type { WebhookFormat } from '#lib/webhooks/formats.ts'
import type { CreatedEndpoint } from '../actions.ts'

const standard = `import { Webhook } from 'standardwebhooks'

// \`body\` is the text as it came, before it is parsed.
const message = new Webhook(process.env.WEBHOOK_SECRET).verify(body, headers)`

// Each format is signed as the library reads it that its receivers have.
const receivers: Record<WebhookFormat, string> = {
  latchkey: standard,
  polar: `import { validateEvent } from '@polar-sh/sdk/webhooks'

// \`body\` is the text as it came, before it is parsed.
const event = validateEvent(body, headers, process.env.POLAR_WEBHOOK_SECRET)`,
  dodo: `import DodoPayments from 'dodopayments'

// \`body\` is the text as it came, before it is parsed.
const client = new DodoPayments({ webhookKey: process.env.DODO_PAYMENTS_WEBHOOK_KEY })
const event = client.webhooks.unwrap(body, { headers })`,
}

/** The secret of a new endpoint, ready to be copied: it is shown here and never again. */
export function NewSecret({ organization, created }: { organization: string; created: CreatedEndpoint }) {
  return (
    <div className="grid max-w-[720px] gap-3.5">
      <Card>
        <CardBody className="py-5!">
          <div role="status" className="flex items-center gap-2 font-medium text-ok">
            <CircleCheck size={16} aria-hidden="true" className="shrink-0" />
            <span className="min-w-0 break-all">Events go to {created.url} from now on</span>
          </div>
          <p className="mt-3 select-all break-all font-mono text-md">{created.secret}</p>
          <p className="mt-2 text-pretty text-mute">
            Copy the secret now: it is kept encrypted, and nobody can show it again. Every event is signed with it, so
            that your server knows who sent it.
          </p>
          <div className="mt-4 flex flex-wrap gap-2">
            <CopyButton value={created.secret} label="Copy secret" variant="primary">
              Copy secret
            </CopyButton>
            <Button href={paths.webhook({ organization, id: created.endpointId })}>Done</Button>
          </div>
        </CardBody>
      </Card>
      <CodeBlock title="Check what arrives" code={receivers[created.format]} wrap />
    </div>
  )
}
