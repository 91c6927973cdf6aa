'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { createContext, useContext } from 'react'

/** What a control needs from the field around it. */
export const FieldContext = createContext<{ id?: string; describedBy?: string; invalid?: boolean }>({})

/** The attributes that tie a control to its label, description and error. */
export function useFieldAttributes(own: { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: unknown }) {
  const field = useContext(FieldContext)
  return {
    id: own.id ?? field.id,
    'aria-describedby': [own['aria-describedby'], field.describedBy].filter(Boolean).join(' ') || undefined,
    'aria-invalid': own['aria-invalid'] || field.invalid ? true : undefined,
  }
}

/** The look shared by every box one can type or choose in. */
export const controlLook =
  'w-full rounded-control border border-line bg-raise px-2.5 text-ink shadow-soft transition-colors duration-100 hover:border-edge/60 focus-visible:border-ring focus-visible:outline-offset-0 focus-visible:outline-1 aria-invalid:border-bad disabled:bg-line2 disabled:text-mute disabled:shadow-none pointer-coarse:min-h-10'
