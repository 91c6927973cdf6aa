'use client'
import { CircleCheck } from 'lucide-react'
import type { Route } from 'next'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import * as paths from '#lib/web/paths.ts'
import type { CreatedKey } from '../actions.ts'

/** The token of a new API key, ready to be copied: it is shown here and never again. */
export function NewToken({ created, url, list }: { created: CreatedKey; url: string; list: Route }) {
  return (
    <div className="grid max-w-[720px] gap-3.5">
      <Card>
        <CardBody className="py-5!">
          <div role="status" className="flex items-center gap-2 font-medium text-ok">
            <CircleCheck size={16} aria-hidden="true" />
            {created.name} is ready
          </div>
          <p className="mt-3 select-all break-all font-mono text-md">{created.token}</p>
          <p className="mt-2 text-pretty text-mute">
            Copy the token now: only a hash of it is kept, and nobody can show it again. Keep it where your program
            keeps its other secrets, never in a web page or an app you ship.
          </p>
          <div className="mt-4 flex flex-wrap gap-2">
            <CopyButton value={created.token} label="Copy token" variant="primary">
              Copy token
            </CopyButton>
            <Button href={list}>Done</Button>
            <Button href={paths.reference()} variant="ghost">
              API reference
            </Button>
          </div>
        </CardBody>
      </Card>
      <CodeBlock
        wrap
        title="Try it"
        code={`curl ${url}/api/v1/organization \\\n  -H 'Authorization: Bearer ${created.token}'`}
      />
    </div>
  )
}
