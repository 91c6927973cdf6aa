'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useRef, useState } from 'react'
import type { ButtonSize, ButtonVariant } from './button-look.ts'
import { Picture } from './picture.tsx'
import { PlainButton } from './plain-button.tsx'
import { Tooltip } from './tooltip.tsx'

/** Puts a text on the clipboard and says so. Without `children` it is an icon. */
export function CopyButton({
  value,
  label = 'Copy',
  words: { copied, copyFailed } = { copied: 'Copied', copyFailed: 'Could not copy' },
  size,
  variant,
  className,
  onCopy,
  children,
}: {
  /** The text, or how to get it when it is asked for. */
  value: string | (() => Promise<string>)
  /** Its name for screen readers and the tooltip: "Copy key". */
  label?: string
  /** Where the page is not in English. */
  words?: { copied: string; copyFailed: string }
  size?: ButtonSize
  variant?: ButtonVariant
  className?: string
  onCopy?: () => void
  children?: string
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  async function copy() {
    clearTimeout(timer.current)
    const text = typeof value === 'string' ? value : await value().catch(() => null)
    const done = text !== null && (await writeClipboard(text))
    setState(done ? 'copied' : 'failed')
    if (done) onCopy?.()
    timer.current = setTimeout(() => setState('idle'), 2000)
  }
  const says = { idle: label, copied, failed: copyFailed }[state]
  const button = (
    <PlainButton
      onClick={copy}
      size={size ?? (children ? 'md' : 'icon-sm')}
      variant={variant ?? (children ? 'secondary' : 'ghost')}
      aria-label={label}
      className={className}
    >
      {children ? (
        <span className="grid *:[grid-area:1/1]">
          <span className={state === 'idle' ? undefined : 'invisible'}>{children}</span>
          <span
            aria-hidden="true"
            // On a dark button green could not be read.
            className={
              state === 'idle'
                ? 'invisible'
                : variant === 'primary'
                  ? undefined
                  : state === 'copied'
                    ? 'text-ok'
                    : 'text-bad'
            }
          >
            {state === 'failed' ? '✕' : copied}
          </span>
        </span>
      ) : state === 'copied' ? (
        <Picture size={14} className="text-ok">
          <path d="M20 6 9 17l-5-5" />
        </Picture>
      ) : (
        <Picture size={14}>
          <rect width="14" height="14" x="8" y="8" rx="2" />
          <path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2" />
        </Picture>
      )}
    </PlainButton>
  )
  return (
    <>
      {children ? button : <Tooltip content={says}>{button}</Tooltip>}
      <span aria-live="polite" className="sr-only">
        {state === 'idle' ? '' : says}
      </span>
    </>
  )
}

// The clipboard API is missing where the page is served without TLS from another machine.
async function writeClipboard(text: string) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const box = document.createElement('textarea')
    box.value = text
    box.style.position = 'fixed'
    box.style.opacity = '0'
    document.body.append(box)
    box.select()
    const done = document.execCommand('copy')
    box.remove()
    return done
  }
}
