'use client'
import { useSearchParams } from 'next/navigation'
import { useEffect } from 'react'
import { sayDone } from '../../undo-toast.ts'

/** Says that the key's form was saved, once, where the form leads to; the address forgets it. */
export function JustSaved({ organization }: { organization: string }) {
  const undoId = useSearchParams().get('undo')
  useEffect(() => {
    if (!undoId) return
    const { pathname, search, hash } = window.location
    const rest = new URLSearchParams(search)
    // Already said: effects may run twice.
    if (!rest.has('undo')) return
    rest.delete('undo')
    window.history.replaceState(null, '', `${pathname}${rest.size > 0 ? `?${rest}` : ''}${hash}`)
    sayDone(organization, 'Saved', undoId)
  }, [organization, undoId])
  return null
}
