import type { Metadata } from 'next'
import Link from 'next/link'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { type AnswerCode, answerCodes, explanations } from '#lib/error-codes/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { type Example, examplesOf } from './examples.ts'

export const metadata: Metadata = {
  title: 'Error codes',
  description: 'Every code that Latchkey answers with: what happened, and what to do.',
}

const groups = [
  {
    title: 'About a key',
    description: 'Answers to validate, activate and deactivate. These are definite.',
    has: (examples: Example[]) =>
      examples.some(({ call }) => call === 'validate' || call === 'activate' || call === 'deactivate'),
  },
  {
    title: 'About the request',
    description: 'What can be wrong besides the key. None of these says that a key is not valid.',
    has: (examples: Example[]) => examples.some(({ call }) => call === 'any call' || call === 'device-token'),
  },
  {
    title: 'Management API only',
    description: 'Refusals of calls below /api/v1.',
    has: (examples: Example[]) => examples.every(({ call }) => call === 'management API'),
  },
]

/** Every code with its statuses; each leads to its page. */
export default function ErrorCodesPage() {
  const codes = answerCodes.map((code) => ({ code, examples: examplesOf(code) }))
  return (
    <div className="mx-auto w-full max-w-[1040px] px-4 py-8 sm:px-6">
      <h1 className="font-semibold text-xl tracking-tight">Error codes</h1>
      <p className="mt-1.5 max-w-[72ch] text-pretty text-mute">
        Each answer has a <Code>code</Code> for your program and a <Code>detail</Code> sentence for people.{' '}
        <Code>validate</Code> answers 200 to every well-formed question, with <Code>valid</Code> true or false. Only{' '}
        <Code>valid: false</Code> is a no: a rate limit, a fault of the server or no answer at all say nothing about a
        key.
      </p>
      <div className="mt-6 grid gap-5">
        {groups.map(({ title, description, has }) => (
          <Card key={title}>
            <CardHeader title={title}>
              <span className="max-sm:hidden">{description}</span>
            </CardHeader>
            <ul aria-label={title}>
              {codes
                .filter(({ examples }) => has(examples))
                .map(({ code, examples }) => (
                  <Row key={code} code={code} examples={examples} />
                ))}
            </ul>
          </Card>
        ))}
      </div>
    </div>
  )
}

function Row({ code, examples }: { code: AnswerCode; examples: Example[] }) {
  return (
    <li className="border-line2 border-b last:border-b-0">
      <Link
        href={paths.errorCode({ code })}
        className="grid gap-x-4 px-3.5 py-2 hover:bg-hover focus-visible:-outline-offset-2 md:grid-cols-[232px_minmax(0,1fr)_auto] md:items-baseline"
      >
        <code className="font-medium font-mono text-sm">{code}</code>
        <span className="text-pretty text-mute">{explanations[code].summary}</span>
        <span className="text-mute text-sm">{examples.map(({ call, status }) => `${call} ${status}`).join(' · ')}</span>
      </Link>
    </li>
  )
}

const Code = ({ children }: { children: string }) => <code className="font-mono text-ink text-sm">{children}</code>
