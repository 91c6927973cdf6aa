'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useFormStatus } from 'react-dom'
import { PlainButton, type PlainButtonProps } from './plain-button.tsx'

/** The button that sends the form around it, and turns while the form is on its way. */
export function SubmitButton({ loading, variant = 'primary', ...props }: Omit<PlainButtonProps, 'type'>) {
  const { pending } = useFormStatus()
  return <PlainButton {...props} variant={variant} type="submit" loading={loading || pending} />
}
