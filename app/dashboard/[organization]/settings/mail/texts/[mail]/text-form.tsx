'use client'
import { useRef, useState, useTransition } from 'react'
import { PageForm, sayDone, usePageForm } from '#components/page-form.tsx'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { toast } from '#components/ui/toast.tsx'
import { whyNotText } from '#lib/mail-settings/text.ts'
import { saveText, sendTest } from '../../actions.ts'
import { MailPreview } from '../../mail-preview.tsx'

/** Subject and text of a message. A variable is put in where the cursor was last. */
export function TextForm({
  organization,
  mail,
  text,
  variables,
  below,
}: {
  organization: string
  mail: string
  text: { subject: string; intro: string }
  variables: { name: string; means: string }[]
  /** What follows the text in the mail. */
  below: string
}) {
  const use = usePageForm(saveText, sayDone)
  const { errors } = use
  const [typed, change] = useState(text)
  const [isSending, startSending] = useTransition()
  const lastField = useRef<'subject' | 'intro'>('intro')
  const names = variables.map(({ name }) => name)
  const errorOf = (field: 'subject' | 'intro') => errors[field] ?? whyNotText(typed[field], names) ?? undefined

  const put = (name: string) => {
    const field = lastField.current
    const control = use.attributes.ref.current?.elements.namedItem(field) as
      | HTMLInputElement
      | HTMLTextAreaElement
      | null
    const written = `{{${name}}}`
    const [from, to] = [control?.selectionStart ?? typed[field].length, control?.selectionEnd ?? typed[field].length]
    change({ ...typed, [field]: typed[field].slice(0, from) + written + typed[field].slice(to) })
    // Once React has put the text in.
    setTimeout(() => {
      control?.focus()
      control?.setSelectionRange(from + written.length, from + written.length)
    })
  }

  const test = () =>
    startSending(async () => {
      const data = new FormData()
      for (const [name, value] of Object.entries({ organization, mail, ...typed })) data.set(name, value)
      const answer = await sendTest({ status: 'idle' }, data)
      if (answer.status === 'ok') toast.success(answer.message)
      else toast.error(Object.values(answer.errors ?? {})[0]?.[0] ?? answer.message)
    })

  return (
    <div className="@container">
      <div className="grid grid-cols-1 gap-x-8 gap-y-8 px-4 pt-3 pb-8 sm:px-6 @4xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <PageForm
          use={use}
          hidden={{ organization, mail }}
          opened={{ ...text }}
          className="grid grid-cols-1 content-start gap-5"
          beside={
            <Button loading={isSending} onClick={test}>
              Send a test to me
            </Button>
          }
        >
          <Field label="Subject" error={errorOf('subject')}>
            <Input
              name="subject"
              value={typed.subject}
              onChange={(event) => change({ ...typed, subject: event.target.value })}
              onFocus={() => (lastField.current = 'subject')}
              maxLength={150}
              autoComplete="off"
            />
          </Field>
          <Field
            label="Text"
            error={errorOf('intro')}
            description={`Plain text; an empty line begins a paragraph. ${below}`}
          >
            <Textarea
              name="intro"
              rows={7}
              value={typed.intro}
              onChange={(event) => change({ ...typed, intro: event.target.value })}
              onFocus={() => (lastField.current = 'intro')}
              maxLength={2_000}
            />
          </Field>
          <section aria-label="Variables" className="grid gap-2">
            <h2 className="font-medium">Variables</h2>
            <ul className="flex flex-wrap gap-1.5">
              {variables.map(({ name, means }) => (
                <li key={name}>
                  <Button size="sm" title={means} onClick={() => put(name)}>
                    <span className="font-mono text-sm">{`{{${name}}}`}</span>
                  </Button>
                </li>
              ))}
            </ul>
            <p className="text-pretty text-mute text-sm">
              What is not always known can have words in its place:{' '}
              <code className="font-mono">{'{{customer.name|there}}'}</code>.
            </p>
          </section>
        </PageForm>
        <MailPreview organization={organization} fields={{ mail, ...typed }} />
      </div>
    </div>
  )
}
