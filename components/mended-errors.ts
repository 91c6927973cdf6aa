'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { FormState } from '#lib/web/action.ts'
import { PROOF } from '#lib/web/proof.ts'

/** The errors of a form that still stand: one goes away as soon as somebody changes its field. Spread `form` on the form. */
export function useMendedErrors(
  state: FormState,
  /** The field to go to when no field is to blame. */
  field?: string,
): {
  errors: Record<string, string[]>
  form: { ref: RefObject<HTMLFormElement | null>; onInput: (event: FormEvent<HTMLFormElement>) => void }
} {
  const ref = useRef<HTMLFormElement>(null)
  const [mended, setMended] = useState<{ of: FormState; names: string[] }>({ of: state, names: [] })
  const names = mended.of === state ? mended.names : []
  // An answer with an error leads to where it can be mended; the alert has been read out by then.
  useEffect(() => {
    if (state.status !== 'error') return
    const wrong = ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    const other = field ? ref.current?.querySelector<HTMLElement>(`[name="${field}"]`) : null
    // Proof of who it is was asked for in place.
    const proof = state.stepUp ? ref.current?.querySelector<HTMLElement>(`[name="${PROOF}"]`) : null
    const target = wrong ?? proof ?? other
    target?.focus()
  }, [state, field])
  return {
    errors: Object.fromEntries(Object.entries(state.errors ?? {}).filter(([name]) => !names.includes(name))),
    form: {
      ref,
      onInput: (event) => {
        const { name } = event.target as HTMLInputElement
        if (state.errors?.[name] && !names.includes(name)) setMended({ of: state, names: [...names, name] })
      },
    },
  }
}
