'use client'
import { useEffect, useSyncExternalStore } from 'react'
import { Toaster as Sonner, toast } from 'sonner'
import { useTheme } from './use-theme.ts'

// Where messages are as wide as the screen. Only a browser ever loads this file.
const phone = window.matchMedia('(max-width: 600px)')

/** The corner that messages appear in. `onThere` is called once it can show them. */
export default function ToastSheet({ onThere }: { onThere: (say: typeof toast) => void }) {
  const theme = useTheme()
  const isPhone = useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener)
      return () => phone.removeEventListener('change', listener)
    },
    () => phone.matches,
  )
  // An effect of the parent runs after those of the child, which listens by then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => onThere(toast), [])
  return (
    <Sonner
      theme={(theme ?? 'system') as 'light' | 'dark' | 'system'}
      // On a phone sheets have their buttons at the lower edge, however many rows of them.
      position={isPhone ? 'top-center' : 'bottom-right'}
      mobileOffset={{ top: 56 }}
      offset={20}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start gap-2.5 rounded-card bg-raise px-3.5 py-3 text-base text-ink shadow-pop font-sans sm:w-[356px]',
          title: 'font-medium',
          description: 'text-mute',
          content: 'min-w-0 flex-1',
          icon: 'mt-0.5 grid size-4 shrink-0 place-items-center',
          success: '[&_[data-icon]]:text-ok',
          error: '[&_[data-icon]]:text-bad',
          warning: '[&_[data-icon]]:text-warn',
          actionButton:
            'shrink-0 rounded-control border border-line bg-raise px-2 font-medium hover:bg-hover h-6 self-center',
        },
      }}
    />
  )
}
