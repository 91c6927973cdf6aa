import { CircleCheck } from 'lucide-react'
import type { Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { cx } from '#components/ui/cx.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from '#lib/snippets/schema.ts'
import * as paths from '#lib/web/paths.ts'

/** What stands beside the programs: which keys they accept, the ids in them, and what to think of before shipping. */
export function Facts({
  facts,
  products,
  productId,
  href,
}: {
  facts: SnippetFacts
  products: { id: string; name: string }[]
  productId: string | null
  href: (to: { accept: string }) => Route
}) {
  return (
    <>
      <Card>
        <CardHeader title="Accepted keys" />
        <ul>
          {products.map(({ id, name }) => (
            <Choice key={id} href={href({ accept: id })} on={id === productId} title={`Keys for ${name}`}>
              Whatever their configuration. A key issued without a product is refused.
            </Choice>
          ))}
          <Choice href={href({ accept: 'configuration' })} on={productId === null} title="Keys of this configuration">
            With or without a product. Keys of other configurations are refused.
          </Choice>
        </ul>
      </Card>
      <dl className="grid gap-2">
        <Id name="Address" value={facts.url} />
        <Id name="Organization" value={facts.organizationId} />
        <Id name="Configuration" value={facts.keyConfigurationId} />
        {productId && <Id name="Product" value={productId} />}
      </dl>
      <Card>
        <CardHeader title="Before you ship" />
        <CardBody>
          <ul className="grid gap-2.5">
            <Point>
              Send <Code>{productId ? 'product_id' : 'benefit_id'}</Code> with each validation, or any of your keys
              unlocks this program.
            </Point>
            <Point>
              Keep the key and its activation id where your app keeps its data, and the time of the last good answer
              with them.
            </Point>
            <Point>
              Only <Code>valid: false</Code> is a no. Being offline, a timeout, 429, and 503 are not an answer: let
              people keep working, here for {SNIPPET_GRACE_DAYS} days.
            </Point>
            <Point>Ask at startup and once a day, not on every click.</Point>
            <Point>
              Show people the <Code>detail</Code> of an answer, but decide by its <Code>code</Code>:{' '}
              <Link href={paths.errorCodes()} className="underline underline-offset-3">
                every code explained
              </Link>
              .
            </Point>
          </ul>
        </CardBody>
      </Card>
    </>
  )
}

function Choice({ href, on, title, children }: { href: Route; on: boolean; title: string; children: string }) {
  return (
    <li className="border-line2 border-b last:border-b-0">
      <Link
        href={href}
        scroll={false}
        aria-current={on ? 'true' : undefined}
        className={cx('block px-3.5 py-2.5 focus-visible:-outline-offset-2', on ? 'bg-accentbg' : 'hover:bg-hover')}
      >
        <span className="font-medium">{title}</span>
        <span className="block text-pretty text-mute text-sm">{children}</span>
      </Link>
    </li>
  )
}

function Id({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-mute">{name}</dt>
      <dd className="flex items-center justify-between gap-1">
        <code className="min-w-0 break-words font-mono text-sm leading-5">{value}</code>
        <CopyButton value={value} label={`Copy ${name.toLowerCase()}`} className="-my-0.5 -mr-1" />
      </dd>
    </div>
  )
}

function Point({ children }: { children: ReactNode }) {
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-2">
      <CircleCheck size={14} aria-hidden="true" className="mt-[3px] text-mute" />
      <span className="text-pretty">{children}</span>
    </li>
  )
}

const Code = ({ children }: { children: string }) => <code className="font-mono text-sm">{children}</code>
