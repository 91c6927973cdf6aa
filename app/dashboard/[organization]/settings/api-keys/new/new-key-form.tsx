'use client'
import { useState } from 'react'
import { PageForm, usePageForm } from '#components/page-form.tsx'
import { Button } from '#components/ui/button.tsx'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { resetTo } from '#components/ui/reset-to.ts'
import { DAY_MS } from '#lib/base/days.ts'
import { type ApiScope, apiScopes, scopeGroups } from '#lib/base/permissions.ts'
import * as paths from '#lib/web/paths.ts'
import { type CreatedKey, createKey } from '../actions.ts'
import { NewToken } from './new-token.tsx'

const daysAhead = (today: Date, days: number) => new Date(today.getTime() + days * DAY_MS).toISOString().slice(0, 10)

/** What the key is called, what it may do, and until when; then its token, once. */
export function NewKeyForm({ organization, url, today }: { organization: string; url: string; today: Date }) {
  const use = usePageForm(createKey)
  const { state, errors } = use
  const [scopes, setScopes] = useState<ReadonlySet<ApiScope>>(new Set(['license_keys:read']))
  const [expiry, setExpiry] = useState('never')
  const [day, setDay] = useState(() => daysAhead(today, 90))
  const list = paths.apiKeys({ organization })
  if (state.status === 'ok') return <NewToken created={state.result as CreatedKey} url={url} list={list} />

  return (
    <PageForm use={use} hidden={{ organization }} save="Create API key" cancel={list}>
      <FormSection title="Name" description="So that you know later what stops working when you revoke it.">
        <Field label="Name" error={errors.name}>
          <Input name="name" maxLength={80} autoComplete="off" placeholder="Shop server" />
        </Field>
      </FormSection>
      <FormSection title="Scopes" description="What a program with this key may do. Writing includes reading.">
        <ScopeChoice scopes={scopes} onChange={setScopes} error={errors.scopes} />
      </FormSection>
      <FormSection title="Expiry" description="A key that expires on its own does less harm if it is lost.">
        <RadioCards
          name="expiry"
          label="Expiry"
          hideLabel
          columns={2}
          value={expiry}
          onValueChange={setExpiry}
          options={[
            { value: 'never', label: 'Never', description: 'Works until you revoke it.' },
            {
              value: 'day',
              label: 'On a date',
              description: 'Works through the end of that day, in UTC.',
              children: (
                <Field label="Last day" error={errors.expiresOn}>
                  <DateInput
                    name={expiry === 'day' ? 'expiresOn' : undefined}
                    min={daysAhead(today, 0)}
                    value={day}
                    onChange={(event) => setDay(event.target.value)}
                  />
                </Field>
              ),
            },
          ]}
        />
      </FormSection>
    </PageForm>
  )
}

const readOnly = apiScopes.filter((scope) => scope.endsWith(':read'))

function ScopeChoice({
  scopes,
  onChange,
  error,
}: {
  scopes: ReadonlySet<ApiScope>
  onChange: (scopes: ReadonlySet<ApiScope>) => void
  error: string[] | undefined
}) {
  const choose = (group: (typeof scopeGroups)[number], may: string) => {
    const next = new Set(scopes)
    for (const scope of [group.read, group.write]) if (scope) next.delete(scope)
    if (may !== 'none' && group.read) next.add(group.read)
    if (may === 'write' && group.write) next.add(group.write)
    onChange(next)
  }
  return (
    <div>
      <div className="mb-2 flex flex-wrap gap-1.5">
        <Button size="sm" onClick={() => onChange(new Set(apiScopes))}>
          Everything
        </Button>
        <Button size="sm" onClick={() => onChange(new Set(readOnly))}>
          Read only
        </Button>
        <Button size="sm" variant="ghost" onClick={() => onChange(new Set())}>
          Nothing
        </Button>
      </div>
      <div className="overflow-hidden rounded-card border border-line bg-panel shadow-soft">
        {scopeGroups.map((group) => {
          const may =
            group.write && scopes.has(group.write) ? 'write' : group.read && scopes.has(group.read) ? 'read' : 'none'
          return (
            <fieldset
              key={group.label}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-t px-3.5 py-2.5 first:border-t-0"
            >
              <legend className="sr-only">{group.label}</legend>
              <div aria-hidden="true" className="min-w-[min(100%,220px)] flex-1">
                <p className="font-medium">{group.label}</p>
                <p className="text-mute text-sm">{group.description}</p>
              </div>
              <div className="flex overflow-hidden rounded-control border border-line">
                {(['none', ...(group.read ? ['read'] : []), ...(group.write ? ['write'] : [])] as const).map(
                  (option) => (
                    <label
                      key={option}
                      className="border-line border-l px-3 py-1 text-mute first:border-l-0 has-checked:bg-accentbg has-checked:font-medium has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:-outline-offset-2 pointer-coarse:py-2.5"
                    >
                      <input
                        type="radio"
                        name={`may-${group.read ?? group.write}`}
                        className="sr-only"
                        ref={resetTo(may === option)}
                        checked={may === option}
                        onChange={() => choose(group, option)}
                      />
                      {words[option as keyof typeof words]}
                    </label>
                  ),
                )}
              </div>
            </fieldset>
          )
        })}
      </div>
      {[...scopes].map((scope) => (
        <input key={scope} type="hidden" name="scopes" value={scope} />
      ))}
      {error && <FieldError>{error[0]}</FieldError>}
    </div>
  )
}

const words = { none: 'None', read: 'Read', write: 'Write' } as const
