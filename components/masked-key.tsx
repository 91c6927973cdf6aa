import { cx } from './ui/cx.ts'

/** A key as it is shown wherever it is not revealed: prefix, dots, last characters. `large` takes the size of the title around it. */
export function MaskedKey({ masked, large }: { masked: string; large?: boolean }) {
  const [before = '', after = ''] = masked.split('••••')
  return (
    <span className={cx('whitespace-nowrap font-mono', !large && 'text-sm')}>
      {before}
      <span className="text-mute">••••</span>
      {after}
    </span>
  )
}
