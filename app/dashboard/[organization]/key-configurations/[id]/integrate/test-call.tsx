'use client'
import { type FormEvent, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Select } from '#components/ui/select.tsx'
import { onlyOf, shell } from '#lib/snippets/quote.ts'
import type { SnippetFacts } from '#lib/snippets/schema.ts'
import { revealForTestCall } from './actions.ts'

type Verb = 'validate' | 'activate' | 'deactivate'
type KeyChoice = { id: string; masked: string; about: string }
type Sent = {
  curl: string
  status: number
  code: string
  /** The answer as it came: its first lines, then its body. */
  head: string
  body: string
  milliseconds: number
}
/** An activation that a test call made. */
type Device = { id: string; label: string; key: string }

const verbs = [
  { value: 'validate', label: 'Validate', description: 'May this key be used?' },
  { value: 'activate', label: 'Activate', description: 'Gives a device a slot.' },
  { value: 'deactivate', label: 'Deactivate', description: "Frees a device's slot." },
] as const satisfies { value: Verb; label: string; description: string }[]

const UNKNOWN = 'unknown'
const TYPED = 'typed'

/** One call to our public routes, from this browser: what goes out and what comes back. */
export function TestCall({
  organization,
  facts,
  keys,
  mayReveal,
}: {
  organization: string
  facts: SnippetFacts
  keys: KeyChoice[]
  mayReveal: boolean
}) {
  const [verb, setVerb] = useState<Verb>('validate')
  const [keyChoice, setKeyChoice] = useState(keys[0]?.id ?? UNKNOWN)
  const [typedKey, setTypedKey] = useState('')
  const [label, setLabel] = useState('Test call')
  const [fingerprint, setFingerprint] = useState('test-call')
  const [activationId, setActivationId] = useState('')
  const [revealed, setRevealed] = useState<Record<string, string>>({})
  const [sending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [sent, setSent] = useState<Sent | null>(null)
  const [device, setDevice] = useState<Device | null>(null)

  async function keyString(): Promise<string> {
    if (keyChoice === UNKNOWN) return facts.sampleKey
    if (keyChoice === TYPED) return typedKey.trim()
    const known = revealed[keyChoice]
    if (known !== undefined) return known
    const form = new FormData()
    form.set('organization', organization)
    form.set('licenseKeyId', keyChoice)
    const state = await revealForTestCall({ status: 'idle' }, form)
    if (state.status !== 'ok') throw new Error(state.message)
    const key = String(state.result)
    setRevealed({ ...revealed, [keyChoice]: key })
    return key
  }

  function fieldsOf(call: Verb): Record<string, string> {
    const only = onlyOf(facts)
    if (call === 'activate') return { label, ...(fingerprint && { fingerprint }) }
    if (call === 'deactivate') return { activation_id: activationId.trim() }
    return { ...(activationId.trim() && { activation_id: activationId.trim() }), [only.field]: only.id }
  }

  async function send(call: Verb, key: string, fields: Record<string, string>) {
    const body = { key, organization_id: facts.organizationId, ...fields }
    const path = `/api/license/${call}`
    const startedAt = performance.now()
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    const milliseconds = Math.round(performance.now() - startedAt)
    const answer = readJson(text)
    setSent({
      curl: `curl ${shell(facts.url + path)} \\\n  -H 'Content-Type: application/json' \\\n  -d ${shell(JSON.stringify(body, null, 2))}`,
      status: response.status,
      code: typeof answer?.code === 'string' ? answer.code : '',
      head: [`HTTP ${response.status}`, ...headersOf(response)].join('\n'),
      body: answer ? JSON.stringify(answer, null, 2) : text,
      milliseconds,
    })
    if (call === 'activate' && response.ok && typeof answer?.id === 'string') {
      setDevice({ id: answer.id, label: fields.label ?? '', key })
      setActivationId(answer.id)
    }
    if (call === 'deactivate' && response.ok && fields.activation_id === device?.id) {
      setDevice(null)
      setActivationId('')
    }
  }

  async function run(work: () => Promise<void>) {
    setSending(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(error instanceof TypeError ? 'No answer came back. Is the server running?' : (error as Error).message)
    } finally {
      setSending(false)
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => send(verb, await keyString(), fieldsOf(verb)))
  }

  return (
    <Card>
      <CardHeader title="Send a test call" />
      <CardBody>
        <p className="mb-3.5 text-pretty text-mute">
          A real call from this browser: validations are counted, and a device that is activated takes a slot.
        </p>
        <form onSubmit={submit} className="grid gap-3.5">
          <RadioCards
            name="verb"
            label="Call"
            hideLabel
            columns={3}
            options={verbs}
            value={verb}
            onValueChange={(value) => setVerb(value as Verb)}
          />
          <div className="grid gap-3.5 sm:grid-cols-2">
            <Field
              label="Key"
              description={
                !mayReveal
                  ? 'Your role never sees a key; you can type one.'
                  : keyChoice === UNKNOWN || keyChoice === TYPED
                    ? undefined
                    : 'Sending shows you this key; the history says so.'
              }
            >
              <Select
                value={keyChoice}
                onValueChange={setKeyChoice}
                items={[
                  ...keys.map(({ id, masked, about }) => ({ value: id, label: masked, description: about })),
                  { value: TYPED, label: 'A key I type' },
                  { value: UNKNOWN, label: 'A key that nobody has' },
                ]}
              />
            </Field>
            {keyChoice === TYPED && (
              <Field label="Key to send">
                <Input
                  mono
                  required
                  value={typedKey}
                  onChange={(event) => setTypedKey(event.target.value)}
                  autoComplete="off"
                  spellCheck={false}
                />
              </Field>
            )}
            {verb === 'activate' ? (
              <>
                <Field label="Label" description="The name people read.">
                  <Input required maxLength={256} value={label} onChange={(event) => setLabel(event.target.value)} />
                </Field>
                <Field label="Fingerprint" optional description="The same again takes no second slot.">
                  <Input
                    mono
                    maxLength={256}
                    value={fingerprint}
                    onChange={(event) => setFingerprint(event.target.value)}
                  />
                </Field>
              </>
            ) : (
              <Field label="Activation id" optional={verb === 'validate'} description="From an activation's answer.">
                <Input
                  mono
                  required={verb === 'deactivate'}
                  value={activationId}
                  onChange={(event) => setActivationId(event.target.value)}
                  autoComplete="off"
                  spellCheck={false}
                />
              </Field>
            )}
          </div>
          {problem && <FormError>{problem}</FormError>}
          <div>
            <Button type="submit" variant="primary" loading={sending}>
              Send test call
            </Button>
          </div>
        </form>
        {device && (
          <Notice
            tone="accent"
            className="mt-3.5"
            title={`The device ${device.label} now holds a slot of this key.`}
            actions={
              <Button size="sm" onClick={() => run(() => send('deactivate', device.key, { activation_id: device.id }))}>
                Deactivate it again
              </Button>
            }
          />
        )}
        <div aria-live="polite">{sent && <Answer sent={sent} />}</div>
      </CardBody>
    </Card>
  )
}

function Answer({ sent: { curl, status, code, head, body, milliseconds } }: { sent: Sent }) {
  const isYes = code === 'VALID' || code === 'ACTIVATED' || code === 'DEACTIVATED'
  return (
    <div className="mt-3.5 grid gap-3">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={isYes ? 'ok' : status === 429 || status >= 500 ? 'warn' : 'bad'}>{code || `HTTP ${status}`}</Badge>
        <span className="text-mute">
          {status} in {milliseconds} ms
        </span>
      </p>
      <CodeBlock wrap title="Request" code={curl} />
      <CodeBlock wrap scroll title="Answer" code={body}>
        <span className="text-mute">{head}</span>
        {`\n\n${body}`}
      </CodeBlock>
    </div>
  )
}

// Those a client can do something with.
const headersOf = ({ headers }: Response): string[] =>
  ['content-type', 'cache-control', 'retry-after'].flatMap((name) => {
    const value = headers.get(name)
    return value ? [`${name}: ${value}`] : []
  })

function readJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
