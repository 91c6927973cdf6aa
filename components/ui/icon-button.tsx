'use client'
import { Button, type ButtonProps } from './button.tsx'
import { Tooltip } from './tooltip.tsx'

/** A button with only an icon; its label is its name and its tooltip. */
export function IconButton({ label, size = 'icon', variant = 'ghost', ...props }: ButtonProps & { label: string }) {
  return (
    <Tooltip content={label}>
      <Button {...props} size={size} variant={variant} aria-label={label} />
    </Tooltip>
  )
}
