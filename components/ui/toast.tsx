'use client'
import { useTheme } from 'next-themes'
import { Toaster as Sonner } from 'sonner'

export { toast } from 'sonner'

/** Where short-lived messages appear; stands once in the root layout. */
export function Toaster() {
  const { theme } = useTheme()
  return (
    <Sonner
      theme={(theme ?? 'system') as 'light' | 'dark' | 'system'}
      position="bottom-right"
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
