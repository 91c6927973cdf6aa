import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { env } from '#lib/base/env.ts'
import * as paths from '#lib/web/paths.ts'
import { chapters } from '../chapters.ts'
import { FieldList } from '../field-list.tsx'
import { OperationSection } from '../operation.tsx'
import type { Shape } from '../reference.ts'

type Props = PageProps<'/docs/[chapter]'>

const chapterOf = async ({ params }: Props) => {
  const { chapter } = await params
  return chapters().find(({ href }) => href === paths.chapter({ chapter })) ?? notFound()
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { title } = await chapterOf(props)
  return { title: `${title}, API reference` }
}

/** One chapter of the reference: calls, or the shapes of answers. */
export default async function ChapterPage(props: Props) {
  const { title, description, operations, shapes } = await chapterOf(props)
  const url = env().LATCHKEY_URL.replace(/\/$/, '')
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      {description && <p className="mt-1.5 text-mute">{description}</p>}
      <div className="mt-6">
        {operations.map((operation) => (
          <OperationSection key={operation.id} operation={operation} url={url} />
        ))}
        {shapes.map((shape) => (
          <ShapeSection key={shape.name} shape={shape} />
        ))}
      </div>
    </>
  )
}

function ShapeSection({ shape: { name, description, fields, example } }: { shape: Shape }) {
  return (
    <section
      id={name}
      aria-labelledby={`${name}-title`}
      className="grid scroll-mt-12 grid-cols-1 gap-x-10 gap-y-4 border-line border-t py-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,440px)]"
    >
      <div className="min-w-0">
        <h2 id={`${name}-title`} className="font-semibold text-md tracking-tight">
          <a href={`#${name}`} className="rounded-xs hover:underline hover:decoration-line hover:underline-offset-4">
            {name}
          </a>
        </h2>
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
