import { X } from 'lucide-react'
import { Kbd } from '../kbd.tsx'

/** The end of a search field: a button that clears it, or the key that leads there while it is empty. */
export function SearchEnd({ isEmpty, onClear }: { isEmpty: boolean; onClear: () => void }) {
  if (isEmpty)
    return (
      <span aria-hidden="true" className="mr-1.5 pointer-coarse:hidden">
        <Kbd>/</Kbd>
      </span>
    )
  return (
    <button
      type="button"
      aria-label="Clear search"
      onClick={onClear}
      className="mr-1 grid size-6 shrink-0 place-items-center rounded-sm text-mute hover:bg-hover hover:text-ink"
    >
      <X size={14} aria-hidden="true" />
    </button>
  )
}
