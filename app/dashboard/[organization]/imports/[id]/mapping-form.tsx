'use client'
import { ChevronsUpDown } from 'lucide-react'
import { useActionState, useState, useTransition } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { cx } from '#components/ui/cx.ts'
import { Field } from '#components/ui/field.tsx'
import { controlLook } from '#components/ui/field-context.ts'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Select } from '#components/ui/select.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { type Columns, fieldsOf, type ImportField, type RecordKind, recordKinds } from '#lib/import-fields/schema.ts'
import type { Look, LookColumn } from '#lib/imports/look.ts'
import type { ImportSettings } from '#lib/imports/schema.ts'
import type { FormState } from '#lib/web/action.ts'
import { check, readAs } from '../actions.ts'
import { DiscardButton } from './import-actions.tsx'

type Choice = { id: string; name: string }

/** Beyond these a table is too odd to be ticked off column by column. */
const DOUBTS_SHOWN = 50

const kindTitles = {
  keys: 'License keys',
  activations: 'Devices',
  people: 'Customers',
} as const satisfies Record<RecordKind, string>

/** Matches columns to fields, and says what no column does. */
export function MappingForm({
  organization,
  id,
  settings,
  sources,
  looks,
  configurations,
  products,
  mayCreateProducts,
}: {
  organization: string
  id: string
  settings: ImportSettings
  /** Whose export it may be. */
  sources: { value: string; label: string }[]
  looks: Look[]
  configurations: Choice[]
  products: Choice[]
  mayCreateProducts: boolean
}) {
  const [state, submit] = useActionState<FormState, FormData>(check, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  const [columns, setColumns] = useState(settings.columns)
  const [switching, startSwitch] = useTransition()
  const [switchProblem, setSwitchProblem] = useState<string | undefined>()
  const changeSource = (source: string) =>
    startSwitch(async () => {
      const choice = new FormData()
      for (const [name, value] of Object.entries({ organization, importId: id, source })) choice.set(name, value)
      const answer = await readAs({ status: 'idle' }, choice)
      setSwitchProblem(answer.status === 'error' ? answer.message : undefined)
    })
  const namesConfiguration = Boolean(columns.keys.configuration)
  const used = new Set(Object.values(columns.keys))
  const doubtful = looks
    .flatMap((look) => look.columns.keys)
    .filter(({ name, suspicion }) => suspicion && !used.has(name))
  const [ignored, setIgnored] = useState(settings.ignored ?? [])
  const ignore = (name: string, yes: boolean) =>
    setIgnored((before) => [...before.filter((other) => other !== name), ...(yes ? [name] : [])])

  return (
    <form {...form} action={submit} className="grid max-w-[980px] gap-5">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="importId" value={id} />
      <input type="hidden" name="source" value={settings.source} />
      {recordKinds.flatMap((kind) =>
        Object.entries(columns[kind]).map(
          ([field, column]) =>
            column && <input key={`${kind}.${field}`} type="hidden" name={`${kind}.${field}`} value={column} />,
        ),
      )}
      <div>
        <FormSection
          title="Where it comes from"
          description="Recognized by its columns. Choosing another source matches them again."
        >
          <Field label="Exported from" error={switchProblem}>
            <Select items={sources} value={settings.source} disabled={switching} onValueChange={changeSource} />
          </Field>
        </FormSection>
        <FormSection
          title="Values that no column provides"
          description="Used for records that do not specify their own."
        >
          <Field
            label="Key configuration"
            error={errors.keyConfigurationId}
            description={
              namesConfiguration
                ? 'For records that do not name a configuration.'
                : 'Limits that differ from it stay on the key; all others follow the configuration from now on.'
            }
          >
            <Select
              name="keyConfigurationId"
              placeholder={namesConfiguration ? 'None' : 'Choose…'}
              items={[
                ...(namesConfiguration ? [{ value: '', label: 'None' }] : []),
                ...configurations.map((each) => ({ value: each.id, label: each.name })),
              ]}
              defaultValue={settings.keyConfigurationId ?? undefined}
            />
          </Field>
          <Field label="Product" optional error={errors.productId}>
            <Select
              name="productId"
              placeholder="None"
              items={[{ value: '', label: 'None' }, ...products.map((each) => ({ value: each.id, label: each.name }))]}
              defaultValue={settings.productId ?? ''}
            />
          </Field>
          {mayCreateProducts && (columns.keys.product ?? columns.keys.productName) && (
            <Checkbox
              name="createProducts"
              label="Create products that are named but do not exist yet"
              defaultChecked={settings.createProducts}
            />
          )}
          <Field
            label="Dates like 03/04/2026"
            description="Only matters for dates with slashes; 2026-04-03, 3 Apr 2026, and 03.04.2026 are unambiguous."
          >
            <Select
              name="dateOrder"
              placeholder="Are refused"
              items={[
                { value: '', label: 'Refuse them' },
                { value: 'day-first', label: 'Day first: 3 April' },
                { value: 'month-first', label: 'Month first: 4 March' },
              ]}
              defaultValue={settings.dateOrder ?? ''}
            />
          </Field>
          {columns.keys.activationLimit && (
            <Field label="0 devices means" description="For keys with 0 in the column of the device limit.">
              <Select
                name="zeroDevices"
                placeholder="Refuse such keys"
                items={[
                  { value: '', label: 'Refuse such keys' },
                  { value: 'unlimited', label: 'Unlimited: any number of devices' },
                  { value: 'off', label: 'None: the key takes no devices' },
                ]}
                defaultValue={settings.zeroDevices ?? ''}
              />
            </Field>
          )}
          {columns.keys.status && (
            <Field label="“Inactive” means" description="For keys whose status is “inactive”.">
              <Select
                name="inactive"
                placeholder="Refuse such keys"
                items={[
                  { value: '', label: 'Refuse such keys' },
                  { value: 'granted', label: 'Not used yet: the key is good' },
                  { value: 'disabled', label: 'Switched off: the key is not good' },
                ]}
                defaultValue={settings.inactive ?? ''}
              />
            </Field>
          )}
        </FormSection>
      </div>
      {recordKinds.map((kind) => {
        const found = looks.flatMap((look) => look.columns[kind])
        return (
          found.length > 0 && (
            <ColumnTable
              key={kind}
              kind={kind}
              found={found}
              columns={columns[kind]}
              change={(next) => setColumns({ ...columns, [kind]: next })}
            />
          )
        )
      })}
      {doubtful.length > 0 && (
        <Card>
          <CardHeader title="Columns that may matter" />
          <CardBody className="grid gap-3">
            <p className="text-pretty text-mute">
              These are not mapped to any field, so what they say would be lost. Map them above, or check them here to
              leave them out.
            </p>
            {doubtful.slice(0, DOUBTS_SHOWN).map(({ name, suspicion }) => (
              <Checkbox
                key={name}
                name="ignored[]"
                value={name}
                checked={ignored.includes(name)}
                onChange={(event) => ignore(name, event.target.checked)}
                label={<span className="break-words">Leave out “{name}”</span>}
                description={
                  suspicion === 'end'
                    ? 'It looks like it says when keys expire.'
                    : 'It looks like it says which keys are still valid.'
                }
              />
            ))}
          </CardBody>
        </Card>
      )}
      <FormError>{state.status === 'error' && state.message}</FormError>
      <div className="flex flex-wrap items-center gap-2">
        <SubmitButton
          disabledReason={
            !columns.keys.key
              ? 'Choose the column that holds the license key'
              : !columns.keys.email && !columns.keys.customerId && 'Choose the column that holds the customer’s e-mail'
          }
        >
          Check
        </SubmitButton>
        <DiscardButton organization={organization} id={id} />
        <p className="text-mute text-sm">Checking reads every record but changes nothing.</p>
      </div>
    </form>
  )
}

/** Looks like a select, and becomes one when it is opened. */
function ClosedSelect({
  label,
  className,
  open,
  children,
}: {
  label: string
  className?: string | undefined
  open: () => void
  children: string
}) {
  return (
    <button
      type="button"
      role="combobox"
      aria-expanded="false"
      aria-haspopup="listbox"
      aria-label={label}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
        event.preventDefault()
        open()
      }}
      className={cx(controlLook, 'flex h-8 items-center justify-between gap-2 pr-2 text-left', className)}
    >
      <span className="truncate">{children}</span>
      <ChevronsUpDown size={13} aria-hidden="true" className="shrink-0 text-mute" />
    </button>
  )
}

function ColumnTable({
  kind,
  found,
  columns,
  change,
}: {
  kind: RecordKind
  found: LookColumn[]
  columns: Columns
  change: (columns: Columns) => void
}) {
  const labels = fieldsOf[kind] as Partial<Record<ImportField, string>>
  const items = [
    { value: '', label: 'Left out' },
    ...Object.entries(labels).map(([value, label]) => ({ value, label })),
  ]
  // A list of fields for each of three hundred columns would be a page of its own: one is made where it is asked for.
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  // A column may fill several fields; choosing anew gives it one.
  const fieldsIn = (column: string) =>
    Object.entries(columns).flatMap(([field, name]) => (name === column ? [field as ImportField] : []))
  const choose = (column: string, field: string) => {
    const rest = Object.fromEntries(Object.entries(columns).filter(([own, name]) => name !== column && own !== field))
    change(field ? { ...rest, [field]: column } : rest)
  }
  return (
    <Card>
      <CardHeader title={kindTitles[kind]}>{Object.keys(columns).length} fields</CardHeader>
      <ul>
        {found.map((column) => {
          const fields = fieldsIn(column.name)
          return (
            <li
              key={column.name}
              className="grid items-center gap-x-4 gap-y-1.5 border-line2 border-b px-3.5 py-2 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)_260px]"
            >
              <span className="line-clamp-3 min-w-0 break-words font-mono text-sm">{column.name}</span>
              <span className="min-w-0 truncate text-mute text-sm">{column.samples.join(' · ') || 'empty'}</span>
              <span className="min-w-0">
                {opened.has(column.name) ? (
                  <Select
                    aria-label={`Column ${column.name}`}
                    items={items}
                    value={fields[0] ?? ''}
                    onValueChange={(field) => choose(column.name, field)}
                    defaultOpen
                    className={fields.length === 0 ? 'w-full text-mute' : 'w-full'}
                  />
                ) : (
                  <ClosedSelect
                    label={`Column ${column.name}`}
                    className={fields.length === 0 ? 'text-mute' : undefined}
                    open={() => setOpened(new Set([...opened, column.name]))}
                  >
                    {labels[fields[0] as ImportField] ?? 'Left out'}
                  </ClosedSelect>
                )}
                {fields.length > 1 && (
                  <span className="mt-1 block text-mute text-sm">
                    also:{' '}
                    {fields
                      .slice(1)
                      .map((field) => labels[field])
                      .join(', ')}
                  </span>
                )}
              </span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
