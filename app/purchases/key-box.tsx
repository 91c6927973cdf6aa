'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useState } from 'react'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { cx } from '#components/ui/cx.ts'

/** The key on one line, cut to the width there is; a press shows all of it, for typing it somewhere else. */
export function KeyBox({
  keyString,
  words,
}: {
  keyString: string
  words: Record<'title' | 'copyKey' | 'copy' | 'copied' | 'copyFailed' | 'showAll' | 'showLine', string>
}) {
  const [whole, setWhole] = useState(false)
  return (
    <section aria-label={words.title} className="flex items-center gap-3 rounded-[8px] bg-line2 py-[9px] pr-2.5 pl-3">
      <button
        type="button"
        aria-expanded={whole}
        title={whole ? words.showLine : words.showAll}
        onClick={() => setWhole(!whole)}
        className={cx(
          'min-w-0 flex-1 rounded-xs text-left font-mono noscript:hidden',
          whole ? 'break-all text-md' : 'truncate text-sm',
        )}
      >
        {keyString}
      </button>
      {/* Without scripts a press marks all of it, ready to be copied. */}
      <code className="hidden min-w-0 flex-1 select-all break-all font-mono text-md noscript:block">{keyString}</code>
      <CopyButton value={keyString} label={words.copyKey} words={words} className="noscript:hidden">
        {words.copy}
      </CopyButton>
    </section>
  )
}
