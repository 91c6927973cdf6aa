'use client'
import { Input, type InputProps } from './input.tsx'

/** A day, chosen with the browser's own calendar. Values are `2027-08-30`. */
export function DateInput(props: Omit<InputProps, 'type' | 'mono' | 'before' | 'after'>) {
  return <Input {...props} type="date" />
}
