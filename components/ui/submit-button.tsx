'use client'
import { useFormStatus } from 'react-dom'
import { Button, type ButtonProps } from './button.tsx'

/** The button that sends the form around it, and turns while the form is on its way. */
export function SubmitButton({ loading, variant = 'primary', ...props }: Omit<ButtonProps, 'type' | 'href'>) {
  const { pending } = useFormStatus()
  return <Button {...props} variant={variant} type="submit" loading={loading || pending} />
}
