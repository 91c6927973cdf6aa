'use client'
import { useState } from 'react'
import type { FormState } from '#lib/web/action.ts'

/**
 * What the form was opened with, sent along so that it changes only what the person changed. Kept from the first rendering: the fields keep
 * what they were filled with, too, however often the page is read again.
 */
export function OpenedWith({ values, state }: { values: Record<string, unknown>; state: FormState }) {
  const [opened] = useState(() => JSON.stringify(values))
  return <input type="hidden" name="was" value={state.was ?? opened} />
}
