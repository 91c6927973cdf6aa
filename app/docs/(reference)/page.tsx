import type { Metadata } from 'next'
import Link from 'next/link'
import { Button } from '#components/ui/button.tsx'
import { env } from '#lib/base/env.ts'
import { chapters } from './chapters.ts'
import { Guide } from './guide.tsx'

export const metadata: Metadata = {
  title: 'API reference',
  description:
    'Every call of the management API and of client software: what it takes, what it answers, and a place to try it.',
}

/** The first page of the reference: the chapters, and what holds for every call. */
export default function DocsPage() {
  const url = env().LATCHKEY_URL.replace(/\/$/, '')
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-2xl tracking-tight">API reference</h1>
          <p className="mt-1.5 max-w-[68ch] text-pretty text-mute">
            The management API for your own programs, and the three calls of the software you sell. Everything here is
            made from the schemas that check requests.
          </p>
        </div>
        <Button href="/api/openapi.json">OpenAPI 3.1</Button>
      </div>
      <ul className="my-6 grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        {chapters()
          .slice(1)
          .map(({ title, href, operations, shapes, description }) => (
            <li key={href}>
              <Link
                href={href}
                className="block h-full rounded-card border border-line bg-panel px-3.5 py-2.5 shadow-soft hover:border-edge/60"
              >
                <span className="flex items-baseline justify-between gap-3 font-medium">
                  {title}
                  <span className="font-normal text-mute text-sm">{operations.length || shapes.length}</span>
                </span>
                <span className="block text-pretty text-mute text-sm">
                  {description ||
                    operations
                      .map(({ summary }) => summary.split(' ')[0])
                      .filter(isFirst)
                      .join(', ')}
                </span>
              </Link>
            </li>
          ))}
      </ul>
      <Guide url={url} />
    </>
  )
}

const isFirst = (word: string | undefined, at: number, words: (string | undefined)[]) => words.indexOf(word) === at
