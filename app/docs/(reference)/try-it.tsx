'use client'
import { ChevronRight } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { useToken } from './token.tsx'

type TryParameter = { name: string; place: string; type: string; isList: boolean; required: boolean; values: string[] }

type Props = {
  operation: string
  method: string
  path: string
  isPrivate: boolean
  parameters: TryParameter[]
  /** An example to begin with; null where the call takes no body. */
  body: string | null
}

type Got = { status: number; statusText: string; ms: number; headers: string; text: string }

/** Sends the call to this server and shows what it answers. */
export function TryIt(props: Props) {
  const [open, setOpen] = useState(false)
  return (
    <details
      className="rounded-card border border-line bg-panel shadow-soft"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex h-9 items-center gap-2 rounded-card px-3 font-medium hover:bg-hover pointer-coarse:h-11">
        <ChevronRight size={15} aria-hidden="true" className="text-mute in-open:rotate-90" />
        Try it
        {props.method !== 'GET' && <span className="font-normal text-mute">does what it says, on this server</span>}
      </summary>
      {open && <Form {...props} />}
    </details>
  )
}

function Form({ operation, method, path, isPrivate, parameters, body }: Props) {
  const { token, setToken } = useToken()
  const [got, setGot] = useState<Got | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [sending, setSending] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const listId = useId()

  async function send() {
    if (!form.current) return
    const values = new FormData(form.current)
    const typed = (name: string) => String(values.get(name) ?? '').trim()
    const query = new URLSearchParams()
    const headers: Record<string, string> = {}
    let address = path
    for (const { name, place, isList } of parameters) {
      const value = typed(`${place}-${name}`)
      if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value || 'missing'))
      else if (value && place === 'header') headers[name] = value
      else if (value) for (const each of isList ? value.split(/[\s,]+/) : [value]) query.append(name, each)
    }
    const sent = body === null ? undefined : String(values.get('body') ?? '')
    if (sent !== undefined) headers['Content-Type'] = 'application/json'
    if (isPrivate) headers.Authorization = `Bearer ${token.trim()}`
    setProblem(null)
    setSending(true)
    try {
      const began = performance.now()
      const response = await fetch(query.size ? `${address}?${query}` : address, {
        method,
        headers,
        ...(sent !== undefined && { body: sent }),
        cache: 'no-store',
        credentials: 'omit',
      })
      const text = await response.text()
      setGot({
        status: response.status,
        statusText: response.statusText,
        ms: Math.round(performance.now() - began),
        headers: [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n'),
        text: pretty(text),
      })
    } catch {
      setGot(null)
      setProblem('The request did not reach the server, or contains a character that headers cannot contain.')
    } finally {
      setSending(false)
    }
  }

  return (
    <div className="grid grid-cols-1 gap-3 border-line2 border-t p-3">
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
        className="grid grid-cols-1 gap-3"
      >
        {isPrivate && (
          <Field label="API key" description="Stays in the memory of this page until you leave it.">
            <Input
              mono
              type="password"
              autoComplete="off"
              spellCheck={false}
              placeholder="latchkey_…"
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          </Field>
        )}
        {parameters.length > 0 && (
          <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
            {parameters.map(({ name, place, type, isList, required, values }) => (
              <Field
                key={`${place}-${name}`}
                label={<code className="font-mono text-sm">{name}</code>}
                optional={!required}
              >
                <Input
                  mono
                  name={`${place}-${name}`}
                  autoComplete="off"
                  spellCheck={false}
                  placeholder={isList ? 'several with commas' : type}
                  list={values.length > 0 ? `${listId}-${name}` : undefined}
                />
                {values.length > 0 && (
                  <datalist id={`${listId}-${name}`}>
                    {values.map((value) => (
                      <option key={value} value={value} />
                    ))}
                  </datalist>
                )}
              </Field>
            ))}
          </div>
        )}
        {body !== null && (
          <Field label="Body">
            <Textarea name="body" mono rows={4} defaultValue={body} spellCheck={false} />
          </Field>
        )}
        <div>
          <Button type="submit" variant="primary" loading={sending}>
            Send
          </Button>
        </div>
      </form>
      <FormError>{problem}</FormError>
      <div aria-live="polite" className="grid grid-cols-1 gap-2 empty:hidden">
        {got && (
          <>
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={got.status < 300 ? 'ok' : 'bad'}>
                {got.status} {got.statusText}
              </Badge>
              <span className="text-mute">in {got.ms} ms</span>
            </p>
            <CodeBlock code={got.text} title="Answer" className="[&_pre]:max-h-[420px]" />
            <details>
              <summary className="w-fit rounded-xs text-mute hover:text-ink">Headers</summary>
              <CodeBlock code={got.headers} title={`Headers of ${operation}`} className="mt-1.5" />
            </details>
          </>
        )}
      </div>
    </div>
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
