import type { Metadata } from 'next'
import { Button } from '#components/ui/button.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { openApiDocument } from '#lib/api/openapi.ts'
import { env } from '#lib/env.ts'
import { Contents } from './contents.tsx'
import { FieldList } from './field-list.tsx'
import { Guide, guideEntries } from './guide.tsx'
import { LanguageProvider } from './language.tsx'
import { OperationSection } from './operation.tsx'
import { type Document, readReference, type Shape } from './reference.ts'
import { TokenProvider } from './token.tsx'

export const metadata: Metadata = {
  title: 'API reference',
  description:
    'Every call of the management API and of client software: what it takes, what it answers, and a place to try it.',
}

const anchor = (tag: string) => tag.toLowerCase().replaceAll(' ', '-')

/** The reference of both APIs, made of the same document that generators read. */
export default function DocsPage() {
  const url = env().LATCHKEY_URL.replace(/\/$/, '')
  const document = openApiDocument() as unknown as Document
  const { operations, shapes } = readReference(document)
  const chapters = document.tags.map(({ name, description }) => ({
    ...{ name, description },
    operations: operations.filter(({ tag }) => tag === name),
  }))
  const contents = [
    { title: 'Basics', href: '#authentication', entries: guideEntries },
    ...chapters.map(({ name, operations }) => ({
      title: name,
      href: `#tag-${anchor(name)}`,
      entries: operations.map(({ id, summary, method }) => ({ href: `#${id}`, label: summary, method })),
    })),
    {
      title: 'Shapes',
      href: '#shapes',
      entries: shapes.map(({ name }) => ({ href: `#shape-${name}`, label: name })),
    },
  ]
  return (
    <TokenProvider>
      <LanguageProvider>
        <div className="lg:grid lg:grid-cols-[248px_minmax(0,1fr)]">
          <Contents groups={contents} />
          <div className="min-w-0 max-w-[1240px] px-4 pt-7 pb-24 sm:px-8">
            <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pb-6">
              <div className="min-w-0">
                <h1 className="font-semibold text-2xl tracking-tight">API reference</h1>
                <p className="mt-1.5 max-w-[68ch] text-pretty text-mute">
                  The management API for your own programs, and the three calls of the software you sell. Everything
                  here is made from the schemas that check requests.
                </p>
              </div>
              <Button href="/api/openapi.json">OpenAPI 3.1</Button>
            </div>
            <Guide url={url} />
            {chapters.map(({ name, description, operations }) => (
              <section
                key={name}
                id={`tag-${anchor(name)}`}
                aria-labelledby={`tag-${anchor(name)}-title`}
                className="scroll-mt-12"
              >
                <h2
                  id={`tag-${anchor(name)}-title`}
                  className="border-line border-t pt-9 pb-4 font-semibold text-xl tracking-tight"
                >
                  {name}
                  {description && <span className="block font-normal text-base text-mute">{description}</span>}
                </h2>
                {operations.map((operation) => (
                  <OperationSection key={operation.id} operation={operation} url={url} />
                ))}
              </section>
            ))}
            <section id="shapes" aria-labelledby="shapes-title" className="scroll-mt-12">
              <h2 id="shapes-title" className="border-line border-t pt-9 pb-4 font-semibold text-xl tracking-tight">
                Shapes
                <span className="block font-normal text-base text-mute">What answers are made of.</span>
              </h2>
              {shapes.map((shape) => (
                <ShapeSection key={shape.name} shape={shape} />
              ))}
            </section>
          </div>
        </div>
      </LanguageProvider>
    </TokenProvider>
  )
}

function ShapeSection({ shape: { name, description, fields, example } }: { shape: Shape }) {
  return (
    <section
      id={`shape-${name}`}
      aria-labelledby={`shape-${name}-title`}
      className="grid scroll-mt-16 grid-cols-1 gap-x-10 gap-y-4 border-line border-t py-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,440px)]"
    >
      <div className="min-w-0">
        <h3 id={`shape-${name}-title`} className="font-semibold text-md tracking-tight">
          <a
            href={`#shape-${name}`}
            className="rounded-xs hover:underline hover:decoration-line hover:underline-offset-4"
          >
            {name}
          </a>
        </h3>
        <p className="mt-1 mb-2 text-pretty text-mute">{description}</p>
        <FieldList fields={fields} answer />
      </div>
      <CodeBlock
        code={JSON.stringify(example, null, 2)}
        title={`${name}, an example`}
        className="self-start [&_pre]:max-h-[480px]"
      />
    </section>
  )
}
