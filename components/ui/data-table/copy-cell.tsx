'use client'
import { useRef, useState } from 'react'
import { Picture } from '../picture.tsx'
import { toast } from '../toast.tsx'

/** Copies what a cell is about. No stop of its own for the keyboard: "c" on the row presses it. */
export function CopyCell({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      return toast.error('The browser does not let this page copy.')
    }
    clearTimeout(timer.current)
    setCopied(true)
    timer.current = setTimeout(() => setCopied(false), 1_500)
    toast.success(`Copied ${text}`)
  }
  return (
    <button
      type="button"
      data-copy
      tabIndex={-1}
      aria-label={label}
      title={label}
      onClick={() => void copy()}
      className="absolute top-1/2 right-1 grid size-6 -translate-y-1/2 place-items-center rounded-sm border border-line bg-raise text-mute opacity-0 shadow-soft hover:text-ink group-hover/row:opacity-100 max-sm:hidden"
    >
      <Picture size={12}>
        {copied ? (
          <path d="M20 6 9 17l-5-5" />
        ) : (
          <>
            <rect width="14" height="14" x="8" y="8" rx="2" />
            <path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2" />
          </>
        )}
      </Picture>
    </button>
  )
}
