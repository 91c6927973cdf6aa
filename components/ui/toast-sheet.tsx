'use client'
import { useTheme } from 'next-themes'
import { useEffect } from 'react'
import { Toaster as Sonner, toast } from 'sonner'

/** The corner that messages appear in. `onThere` is called once it can show them. */
export default function ToastSheet({ onThere }: { onThere: (say: typeof toast) => void }) {
  const { theme } = useTheme()
  // An effect of the parent runs after those of the child, which listens by then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => onThere(toast), [])
  return (
    <Sonner
      theme={(theme ?? 'system') as 'light' | 'dark' | 'system'}
      position="bottom-right"
      // Above what a phone's sheets keep at their lower edge.
      mobileOffset={{ bottom: 72 }}
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
