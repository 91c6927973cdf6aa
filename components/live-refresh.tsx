'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent } from 'react'
import type { Subject } from '#lib/live/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { listen, type StreamState } from './live-stream.ts'

/** Reads the page again when something that it shows has changed, while somebody looks at it and is not in the middle of something. */
export function LiveRefresh({
  organization,
  about,
  licenseKeyId,
  drawn,
  seconds = 1,
}: {
  organization: string
  /** What the page shows. */
  about: readonly Subject[]
  /** Only about this key. */
  licenseKeyId?: string
  /** When the server drew the page. */
  drawn: Date
  /** How long it stays as it is at least; more for pages that cost more. */
  seconds?: number
}) {
  const router = useRouter()
  const subjects = about.join(',')
  const refresh = useEffectEvent(() => router.refresh())
  const address = useEffectEvent(() =>
    paths.liveStream({ organization }, { about: subjects, key: licenseKeyId, after: drawn.getTime() }),
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is listened to is in the address
  useEffect(() => {
    let state: StreamState = 'connecting'
    let last = performance.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    const gap = () => (state === 'looking' ? Math.max(LOOKING_MS, seconds * 1_000) : seconds * 1_000)
    const soon = () => {
      timer ??= setTimeout(run, Math.max(0, last + gap() - performance.now()))
    }
    const run = () => {
      timer = undefined
      if (document.visibilityState === 'hidden') return
      if (isBusy()) {
        timer = setTimeout(run, BUSY_MS)
        return
      }
      last = performance.now()
      refresh()
    }
    const end = listen(() => address(), {
      onState: (now) => {
        state = now
      },
      changed: soon,
      over: () => refresh(),
    })
    // Where something on the way keeps messages back, or nothing can be reached.
    const alone = setInterval(() => (state === 'lost' || state === 'connecting') && soon(), ALONE_MS)
    return () => {
      end()
      clearInterval(alone)
      clearTimeout(timer)
    }
  }, [organization, subjects, licenseKeyId, seconds])
  return null
}

const LOOKING_MS = 4_000
const ALONE_MS = 10_000
const BUSY_MS = 1_000

/** True while a window is open or something is being typed: nothing on the page may move then. */
function isBusy(): boolean {
  if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]:not([hidden])'))
    return true
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    'main form :is(input:not([type=hidden]), textarea)',
  )
  for (const field of fields) {
    if (field === document.activeElement) return true
    const isChoice = field.type === 'checkbox' || field.type === 'radio'
    if (
      isChoice
        ? (field as HTMLInputElement).checked !== (field as HTMLInputElement).defaultChecked
        : field.value !== field.defaultValue
    )
      return true
  }
  return false
}
