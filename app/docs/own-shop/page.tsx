import type { Metadata } from 'next'
import { Badge } from '#components/ui/badge.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { Words } from '#components/words.tsx'
import {
  type ContractField,
  type ContractMessage,
  customContract,
  customEnvelope,
  customKinds,
  customSender,
  customSignature,
} from '#lib/vendors/custom/contract.ts'
import * as paths from '#lib/web/paths.ts'

export const metadata: Metadata = {
  title: 'Your own shop',
  description: 'The messages by which any program tells Latchkey what it sold.',
}

/** The messages of a shop of the merchant's own: signature, fields and examples. */
export default function OwnShopPage() {
  return (
    <div className="mx-auto grid w-full max-w-[1040px] gap-5 px-4 py-8 sm:px-6">
      <div>
        <h1 className="font-semibold text-xl tracking-tight">Your own shop</h1>
        <p className="mt-1.5 max-w-[72ch] text-pretty text-mute">
          Any program can be a store. It POSTs these messages as JSON to the address of its connection, and sends each
          again with the same id until the answer is 200. An answer of 400 says what is wrong with it.
        </p>
      </div>
      <Card>
        <CardHeader title="Signature" />
        <CardBody className="max-w-[80ch] text-pretty">
          <Words text={customSignature} />
        </CardBody>
        <div className="px-3.5 pb-3.5">
          <CodeBlock title="JavaScript" code={customSender.trimEnd()} />
        </div>
      </Card>
      <Card>
        <CardHeader title="Around every message" />
        <CardBody className="max-w-[80ch] text-pretty text-mute">
          <Words text={customKinds} />
        </CardBody>
        <Fields fields={customEnvelope} />
      </Card>
      {customContract.map((message) => (
        <Message key={message.type} message={message} />
      ))}
    </div>
  )
}

function Message({ message: { type, says, fields, examples } }: { message: ContractMessage }) {
  return (
    <section id={type} aria-labelledby={`${type}-title`} className="scroll-mt-14">
      <h2 id={`${type}-title`} className="font-mono font-semibold text-md">
        <a href={paths.ownShop(type)} className="rounded-xs hover:underline hover:underline-offset-4">
          {type}
        </a>
      </h2>
      <p className="mt-1 mb-3 text-pretty text-mute">{says}</p>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,420px)]">
        <Card>
          <Fields fields={fields} />
        </Card>
        <div className="grid gap-3">
          {examples.map(({ title, message }) => (
            <CodeBlock key={title} title={title} code={JSON.stringify(message, null, 2)} />
          ))}
        </div>
      </div>
    </section>
  )
}

const Fields = ({ fields }: { fields: readonly ContractField[] }) => (
  <ul>
    {fields.map(({ names, optional, kind, what }) => (
      <li key={names[0]} className="border-line2 border-t px-3.5 py-2 first:border-t-0">
        <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5">
          <code className="break-all font-medium font-mono text-sm">{`${names.join(' or ')}${optional ? '?' : ''}`}</code>
          <span className="text-mute text-sm">
            <Words text={kind} />
          </span>
          {!optional && <Badge tone="warn">required</Badge>}
        </p>
        {what && (
          <p className="max-w-[68ch] text-pretty text-mute">
            <Words text={what} />
          </p>
        )}
      </li>
    ))}
  </ul>
)
