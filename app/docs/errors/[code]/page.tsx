import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Badge } from '#components/ui/badge.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { cx } from '#components/ui/cx.ts'
import { Markdown } from '#components/ui/markdown.tsx'
import { type AnswerCode, answerCodes, explanations, isAnswerCode } from '#lib/error-codes/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { type Example, examplesOf } from '../examples.ts'

export async function generateMetadata({ params }: PageProps<'/docs/errors/[code]'>): Promise<Metadata> {
  const { code } = await params
  return isAnswerCode(code) ? { title: code, description: explanations[code].summary } : {}
}

/** One code: what happened, and what the program, the merchant and the customer do. */
export default async function ErrorCodePage({ params }: PageProps<'/docs/errors/[code]'>) {
  const { code } = await params
  if (!isAnswerCode(code)) notFound()
  const { summary, happened, program, merchant, customer } = explanations[code]
  const examples = examplesOf(code)
  return (
    <div className="mx-auto grid w-full max-w-[1040px] gap-x-10 px-4 py-8 sm:px-6 lg:grid-cols-[216px_minmax(0,1fr)]">
      <Codes open={code} />
      <article className="min-w-0">
        <p className="lg:hidden">
          <Link href={paths.errorCodes()} className="text-mute hover:text-ink">
            All error codes
          </Link>
        </p>
        <h1 className="break-all font-mono font-semibold text-xl tracking-tight">{code}</h1>
        <p className="mt-1 text-md text-mute">{summary}</p>
        <Statuses examples={examples} />
        <Section title="What happened">
          <Markdown>{happened}</Markdown>
        </Section>
        <Section title="What your program does">
          <Markdown>{program}</Markdown>
        </Section>
        <Section title="What you can do">
          <Markdown>{merchant}</Markdown>
        </Section>
        {customer && (
          <Section title="What to tell your customer">
            <blockquote className="border-line border-l-2 pl-3">{customer}</blockquote>
          </Section>
        )}
        {examples.some(({ body }) => body !== undefined) && (
          <Section title="What it looks like">
            <div className="grid gap-3">
              {examples.map(
                ({ call, status, body }) =>
                  body !== undefined && (
                    <CodeBlock key={call} title={`${call}, ${status}`} code={JSON.stringify(body, null, 2)} />
                  ),
              )}
            </div>
          </Section>
        )}
      </article>
    </div>
  )
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="mt-6 max-w-[72ch]">
      <h2 className="mb-1.5 font-semibold text-md">{title}</h2>
      {children}
    </section>
  )
}

function Statuses({ examples }: { examples: Example[] }) {
  return (
    <ul aria-label="HTTP statuses" className="mt-3 flex flex-wrap gap-1.5">
      {examples.map(({ call, status }) => (
        <li key={call}>
          <Badge tone={status < 300 ? 'plain' : status < 500 && status !== 429 ? 'warn' : 'off'}>
            {call} {status}
          </Badge>
        </li>
      ))}
    </ul>
  )
}

/** The way from one code to the next, where there is room for it. */
function Codes({ open }: { open: AnswerCode }) {
  return (
    <nav aria-label="Error codes" className="text-sm max-lg:hidden">
      <Link href={paths.errorCodes()} className="rounded-xs font-medium hover:underline">
        All error codes
      </Link>
      <ul className="mt-2 grid border-line border-l">
        {answerCodes.map((code) => (
          <li key={code}>
            <Link
              href={paths.errorCode({ code })}
              aria-current={code === open ? 'page' : undefined}
              className={cx(
                '-ml-px block border-l-2 py-0.5 pl-3 font-mono',
                code === open ? 'border-ink text-ink' : 'border-transparent text-mute hover:text-ink',
              )}
            >
              {code}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
