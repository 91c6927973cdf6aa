'use no memo' // light pages load it, and remembering costs more code than it saves work
import type { ReactNode } from 'react'

/** A small picture beside words, of lines like lucide's. For pages that must be light: lucide's own component is a script. */
export function Picture({ size, className, children }: { size: number; className?: string; children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={className}
    >
      {children}
    </svg>
  )
}
