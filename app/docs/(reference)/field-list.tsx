import Link from 'next/link'
import { Badge } from '#components/ui/badge.tsx'
import { cx } from '#components/ui/cx.ts'
import { Words } from '#components/words.tsx'
import * as paths from '#lib/web/paths.ts'
import type { FieldInfo } from './reference.ts'

/** Fields with their types, bounds and words; those inside an object below it, indented. */
export function FieldList({
  fields,
  answer = false,
  nested = false,
}: {
  fields: FieldInfo[]
  /** In an answer a field is worth a word when it may be missing; in a request when it must not be. */
  answer?: boolean
  nested?: boolean
}) {
  return (
    <ul className={cx(nested && 'mt-2 border-line border-l pl-3.5')}>
      {fields.map((field) => (
        <li key={field.name} className="border-line2 border-t py-2 first:border-t-0">
          <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5">
            <code className="break-all font-medium font-mono text-sm">{field.name}</code>
            <span className="text-mute text-sm">
              {field.shape ? (
                <Link
                  prefetch={false}
                  href={paths.chapter({ chapter: 'shapes' }, field.shape)}
                  className="underline decoration-line underline-offset-3"
                >
                  {field.type}
                </Link>
              ) : (
                field.type
              )}
              {field.rules.length > 0 && <>, {field.rules.join(', ')}</>}
            </span>
            {field.required && !answer && <Badge tone="warn">required</Badge>}
            {!field.required && answer && <Badge>may be missing</Badge>}
          </p>
          {field.description && (
            <p className="max-w-[68ch] text-pretty text-mute">
              <Words text={field.description} />
            </p>
          )}
          <Values values={field.values} />
          {field.fields.length > 0 && <FieldList fields={field.fields} answer={answer} nested />}
        </li>
      ))}
    </ul>
  )
}

// A handful is read at a glance; more of them wait until somebody asks.
const AT_A_GLANCE = 9

function Values({ values }: { values: string[] }) {
  if (values.length === 0) return null
  const list = (
    <span className="flex flex-wrap gap-1 pt-1">
      {values.map((value) => (
        <code key={value} className="rounded-xs bg-line2 px-1 font-mono text-xs">
          {value}
        </code>
      ))}
    </span>
  )
  if (values.length <= AT_A_GLANCE) return list
  return (
    <details>
      <summary className="w-fit rounded-xs text-mute text-sm hover:text-ink">One of {values.length}</summary>
      {list}
    </details>
  )
}
