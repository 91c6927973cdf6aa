'use client'
import { NumberField } from '@base-ui/react/number-field'
import { Minus, Plus } from 'lucide-react'
import { useRef } from 'react'
import { cx } from './cx.ts'
import { useFieldAttributes } from './field-context.ts'
import { tellForm } from './tell-form.ts'

const step =
  'grid h-full w-8 shrink-0 place-items-center text-mute hover:not-data-disabled:bg-line2 hover:not-data-disabled:text-ink data-disabled:text-faint pointer-coarse:w-10'

export type NumberInputProps = {
  name?: string
  defaultValue?: number
  value?: number | null
  onValueChange?: (value: number | null) => void
  min?: number
  max?: number
  step?: number
  /** The unit, shown inside the box: "days". */
  unit?: string
  placeholder?: string
  required?: boolean
  disabled?: boolean
  className?: string
  'aria-label'?: string
}

/** A whole or decimal number with minus and plus; posts the bare number in a form. */
export function NumberInput({
  unit,
  placeholder,
  className,
  onValueChange,
  'aria-label': label,
  ...props
}: NumberInputProps) {
  const { id, ...attributes } = useFieldAttributes({})
  const input = useRef<HTMLInputElement>(null)
  return (
    <NumberField.Root
      {...props}
      id={id}
      onValueChange={(value) => {
        onValueChange?.(value)
        tellForm(input.current, props.name)
      }}
      className={cx('w-44', className)}
    >
      <NumberField.Group className="flex h-8 items-center overflow-hidden rounded-control border border-line bg-raise shadow-soft focus-within:border-ring focus-within:outline focus-within:outline-1 focus-within:outline-ring hover:border-edge/60 has-aria-invalid:border-bad data-disabled:bg-line2 pointer-coarse:h-10">
        <NumberField.Input
          {...attributes}
          ref={input}
          aria-label={label}
          placeholder={placeholder}
          className="h-full w-full min-w-0 bg-transparent px-2.5 text-ink outline-none disabled:text-mute"
        />
        {unit && <span className="shrink-0 pr-2.5 text-mute">{unit}</span>}
        <NumberField.Decrement aria-label="Decrease" className={cx(step, 'border-line border-l')}>
          <Minus size={13} aria-hidden="true" />
        </NumberField.Decrement>
        <NumberField.Increment aria-label="Increase" className={cx(step, 'border-line border-l')}>
          <Plus size={13} aria-hidden="true" />
        </NumberField.Increment>
      </NumberField.Group>
    </NumberField.Root>
  )
}
