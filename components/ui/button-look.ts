import { cx } from './cx.ts'

const variants = {
  primary:
    'border-btn bg-btn text-btntx shadow-soft not-aria-disabled:hover:bg-btn/88 not-aria-disabled:active:bg-btn/80',
  secondary:
    'border-line bg-raise text-ink shadow-soft not-aria-disabled:hover:bg-hover not-aria-disabled:active:bg-line data-popup-open:bg-hover',
  ghost:
    'border-transparent text-mute not-aria-disabled:hover:bg-hover not-aria-disabled:hover:text-ink not-aria-disabled:active:bg-line data-popup-open:bg-hover data-popup-open:text-ink',
  /** Leads to a question about what cannot be undone; the button in the question is `danger`. */
  warning:
    'border-line bg-raise text-bad shadow-soft not-aria-disabled:hover:border-bad/40 not-aria-disabled:hover:bg-badbg not-aria-disabled:active:bg-badbg data-popup-open:bg-badbg',
  danger:
    'border-bad bg-bad text-btntx shadow-soft not-aria-disabled:hover:bg-bad/88 not-aria-disabled:active:bg-bad/80',
} as const

const sizes = {
  sm: 'h-7 gap-1.5 px-2.5',
  md: 'h-8 gap-1.5 px-3',
  lg: 'h-10 gap-2 px-4 text-md',
  icon: 'size-8',
  'icon-sm': 'size-7',
} as const

export type ButtonVariant = keyof typeof variants
export type ButtonSize = keyof typeof sizes

/** The classes of everything that looks like a button. */
export const buttonLook = (
  variant: ButtonVariant = 'secondary',
  size: ButtonSize = 'md',
  className?: string,
  /** Cannot be pressed now. */
  dull = false,
) =>
  cx(
    'relative inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-control border font-medium transition-colors duration-100 pointer-coarse:min-h-10',
    'aria-disabled:text-mute aria-disabled:shadow-none',
    variants[variant],
    dull && (variant === 'primary' || variant === 'danger') && 'border-line! bg-line2! text-mute!',
    size.startsWith('icon') && 'pointer-coarse:min-w-10',
    sizes[size],
    className,
  )
