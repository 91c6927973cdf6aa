'use client'
import { PlainButton, type PlainButtonProps } from './plain-button.tsx'
import { Tooltip } from './tooltip.tsx'

/** A button with only an icon; its label is its name and its tooltip. */
export function IconButton({
  label,
  size = 'icon',
  variant = 'ghost',
  ...props
}: PlainButtonProps & { label: string }) {
  return (
    <Tooltip content={label}>
      <PlainButton {...props} size={size} variant={variant} aria-label={label} />
    </Tooltip>
  )
}
