'use client'
import { useId, useState } from 'react'
import { cx } from '#components/ui/cx.ts'
import { Field } from '#components/ui/field.tsx'
import { Markdown } from '#components/ui/markdown.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Textarea } from '#components/ui/textarea.tsx'
import { limits } from '#lib/key-configurations/plain.ts'

/** Markdown to write and to look at. */
export function InstructionsEditor({
  value,
  onChange,
  error,
}: {
  value: string
  onChange: (value: string) => void
  error?: string[] | undefined
}) {
  const [open, setOpen] = useState<'write' | 'preview'>('write')
  const id = useId()
  const tab = (name: 'write' | 'preview', label: string) => (
    <button
      type="button"
      role="tab"
      id={`${id}-${name}`}
      aria-selected={open === name}
      aria-controls={`${id}-${name}-panel`}
      tabIndex={open === name ? 0 : -1}
      onClick={() => setOpen(name)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
        const other = name === 'write' ? 'preview' : 'write'
        setOpen(other)
        document.getElementById(`${id}-${other}`)?.focus()
      }}
      className={cx(
        'h-6 rounded-sm px-2 text-sm pointer-coarse:h-9 pointer-coarse:px-3',
        open === name ? 'bg-raise font-medium text-ink shadow-soft' : 'text-mute hover:text-ink',
      )}
    >
      {label}
    </button>
  )
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-center gap-3">
        <div role="tablist" aria-label="Instructions" className="flex gap-0.5 rounded-control bg-line2 p-0.5">
          {tab('write', 'Write')}
          {tab('preview', 'Preview')}
        </div>
        <span className="flex-1" />
        <span className={cx('text-sm', value.length > limits.instructions ? 'font-medium text-bad' : 'text-mute')}>
          {numberText(value.length)} of {numberText(limits.instructions)}
        </span>
      </div>
      <div role="tabpanel" id={`${id}-write-panel`} aria-labelledby={`${id}-write`} hidden={open !== 'write'}>
        <Field
          label="Activation instructions"
          hideLabel
          error={error}
          description="Markdown: **bold**, lists, [links](https://…) and `code`. Say where to enter the key and who to ask for help."
        >
          <Textarea
            name="instructions"
            rows={7}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            placeholder={'Open **Settings → License** and paste the key.\n\nStuck? Write to help@example.com.'}
          />
        </Field>
      </div>
      <div
        role="tabpanel"
        id={`${id}-preview-panel`}
        aria-labelledby={`${id}-preview`}
        hidden={open !== 'preview'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a panel without controls is reached by keyboard itself
        tabIndex={0}
        className="min-h-[154px] rounded-control border border-line bg-panel px-3 py-2"
      >
        {value.trim() ? <Markdown>{value}</Markdown> : <p className="text-mute">Nothing to preview yet.</p>}
      </div>
    </div>
  )
}
