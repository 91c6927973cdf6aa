'use no memo' // light pages load it, and remembering costs more code than it saves work

/** The Latchkey mark; decorative, the name stands beside it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="block shrink-0">
      <rect width="32" height="32" rx="8" className="fill-ink" />
      <g
        fill="none"
        className="stroke-[#e0ab4a] dark:stroke-[#8a5d0c]"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <circle cx="12" cy="12.6" r="4.9" />
        <path d="M15.6 16.2 24 24.6M19.4 20l2.6-2.6M22.4 23l2-2" />
      </g>
    </svg>
  )
}
