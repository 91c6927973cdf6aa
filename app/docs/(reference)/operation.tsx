import Link from 'next/link'
import type { ReactNode } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Words } from '#components/words.tsx'
import * as paths from '#lib/web/paths.ts'
import { FieldList } from './field-list.tsx'
import { Snippet } from './language.tsx'
import { Method } from './method.tsx'
import type { Operation } from './reference.ts'
import { TryIt } from './try-it.tsx'

const SAMPLE_ID = '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11'

/** One operation: what it takes and answers, how it is called, and a place to call it. */
export function OperationSection({ operation, url }: { operation: Operation; url: string }) {
  const { id, method, path, summary, description, scopes, parameters, body, answers } = operation
  const inPath = parameters.filter(({ place }) => place === 'path')
  const inQuery = parameters.filter(({ place }) => place === 'query')
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="scroll-mt-12 border-line border-t py-7">
      <div className="grid grid-cols-1 gap-x-10 gap-y-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,440px)]">
        <div className="min-w-0">
          <h2 id={`${id}-title`} className="font-semibold text-md tracking-tight">
            <a href={`#${id}`} className="rounded-xs hover:underline hover:decoration-line hover:underline-offset-4">
              {summary}
            </a>
          </h2>
          <p className="mt-1.5 flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <Method method={method} />
            <code className="break-all font-mono text-sm">{path}</code>
          </p>
          {description && (
            <p className="mt-2 max-w-[68ch] text-pretty">
              <Words text={description} />
            </p>
          )}
          {scopes && scopes.length > 0 && (
            <p className="mt-2 flex flex-wrap items-center gap-1.5 text-mute">
              {scopes.length === 1 ? 'Scope' : 'Scopes'}
              {scopes.map((scope) => (
                <Badge key={scope} className="font-mono">
                  {scope}
                </Badge>
              ))}
            </p>
          )}
          {inPath.length > 0 && (
            <Part title="Path">
              <FieldList fields={inPath} />
            </Part>
          )}
          {inQuery.length > 0 && (
            <Part title="Query">
              <FieldList fields={inQuery} />
            </Part>
          )}
          {body && body.fields.length > 0 && (
            <Part title="Body">
              <FieldList fields={body.fields} />
            </Part>
          )}
          <Part title="Answers">
            <ul>
              {answers.map((answer) => (
                <Answer key={answer.status} answer={answer} />
              ))}
            </ul>
          </Part>
        </div>
        <div className="scroll-thin grid min-w-0 grid-cols-1 content-start gap-3 xl:sticky xl:top-16 xl:max-h-[calc(100dvh-80px)] xl:self-start xl:overflow-y-auto">
          <Snippet
            title={summary}
            method={method}
            url={url + path.replace('{id}', SAMPLE_ID)}
            isPrivate={scopes !== null}
            body={body?.example ?? undefined}
          />
          <TryIt
            operation={id}
            method={method}
            path={path}
            isPrivate={scopes !== null}
            parameters={parameters.map(({ name, place, type, isList, required, values }) => ({
              ...{ name, place, type, isList, required },
              values: isList ? [] : values,
            }))}
            body={body ? JSON.stringify(body.example ?? {}, null, 2) : null}
          />
        </div>
      </div>
    </section>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h3 className="mt-5 mb-1 border-line border-b pb-1 font-medium text-mute text-sm">{title}</h3>
      {children}
    </>
  )
}

function Answer({ answer: { status, description, shape, codes } }: { answer: Operation['answers'][number] }) {
  return (
    <li className="flex gap-3 border-line2 border-t py-1.5 first:border-t-0">
      <span className={`w-8 shrink-0 font-medium ${status < '300' ? 'text-ok' : 'text-bad'}`}>{status}</span>
      <span className="min-w-0 text-pretty">
        {codes.length > 0
          ? codes.map((code, at) => (
              <span key={code}>
                {at > 0 && ' · '}
                <Link
                  href={paths.errorCode({ code })}
                  prefetch={false}
                  className="break-all font-mono text-sm underline decoration-line underline-offset-3 hover:decoration-current"
                >
                  {code}
                </Link>
              </span>
            ))
          : description}
        {shape && shape !== 'Problem' && (
          <>
            {codes.length > 0 ? ' ' : ': '}
            <Link
              href={paths.chapter({ chapter: 'shapes' }, shape)}
              prefetch={false}
              className="text-accent underline underline-offset-2"
            >
              {shape}
            </Link>
          </>
        )}
      </span>
    </li>
  )
}
