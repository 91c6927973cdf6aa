'use client'
import { type ReactNode, useState } from 'react'
import { PageForm, sayDone, usePageForm } from '#components/page-form.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { saveLooks } from '../actions.ts'
import { MailPreview } from '../mail-preview.tsx'

type Looks = { name: string | null; color: string | null; replyTo: string | null; support: string | null }

const COLOR = /^#[0-9a-f]{6}$/i

/** Name, color and addresses of mails, with a mail that has them beside. `children` is the logo's own form. */
export function LooksForm({
  organization,
  chosen,
  otherwise,
  words,
  logoKey,
  children,
}: {
  organization: string
  chosen: Looks
  /** What holds where nothing is chosen. */
  otherwise: { name: string; supportEmail: string | null }
  words: { subject: string; intro: string }
  /** Another one after another logo was saved. */
  logoKey: string
  children: ReactNode
}) {
  const use = usePageForm(saveLooks, sayDone)
  const { errors } = use
  const [{ name, color, support }, change] = useState({
    name: chosen.name ?? '',
    color: chosen.color ?? '',
    support: chosen.support ?? '',
  })
  const set = (next: Partial<{ name: string; color: string; support: string }>) =>
    change((now) => ({ ...now, ...next }))
  return (
    <div className="@container">
      <div className="grid grid-cols-1 gap-x-8 gap-y-8 px-4 pt-5 pb-8 sm:px-6 @4xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <div className="grid grid-cols-1 content-start gap-6">
          {children}
          <PageForm use={use} hidden={{ organization }} opened={{ ...chosen }} className="grid grid-cols-1 gap-5">
            <Field label="Name" optional error={errors.name} description="Whom mails come from.">
              <Input
                name="name"
                value={name}
                onChange={(event) => set({ name: event.target.value })}
                placeholder={otherwise.name}
                maxLength={80}
                autoComplete="off"
              />
            </Field>
            <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
              <Field
                label="Color"
                optional
                error={errors.color}
                description="Of buttons and of the line above the mail. Text on it is black or white, whichever can be read."
              >
                <Input
                  name="color"
                  value={color}
                  onChange={(event) => set({ color: event.target.value })}
                  placeholder="#1f6feb"
                  maxLength={7}
                  spellCheck={false}
                  autoComplete="off"
                  mono
                />
              </Field>
              <input
                type="color"
                aria-label="Choose a color"
                value={COLOR.test(color) ? color.toLowerCase() : '#1c1a16'}
                onChange={(event) => set({ color: event.target.value })}
                className="mt-[26px] h-8 w-11 cursor-pointer rounded-control border border-line bg-panel p-0.5"
              />
            </div>
            <Field label="Answers go to" optional error={errors.replyTo} description="When somebody replies to a mail.">
              <Input
                type="email"
                name="replyTo"
                defaultValue={chosen.replyTo ?? ''}
                placeholder={otherwise.supportEmail ?? 'help@example.com'}
                autoComplete="off"
              />
            </Field>
            <Field
              label="Help"
              optional
              error={errors.support}
              description="An address, or a page: mails send those there who have questions."
            >
              <Input
                name="support"
                value={support}
                onChange={(event) => set({ support: event.target.value })}
                placeholder={otherwise.supportEmail ?? 'https://example.com/help'}
                maxLength={500}
                autoComplete="off"
              />
            </Field>
          </PageForm>
        </div>
        <MailPreview
          key={logoKey}
          organization={organization}
          fields={{ mail: 'key-issued', ...words, name, color, support }}
        />
      </div>
    </div>
  )
}
