/** A key as lists show it: prefix, dots, last characters. */
export function MaskedKey({ masked }: { masked: string }) {
  const [before = '', after = ''] = masked.split('••••')
  return (
    <span className="whitespace-nowrap font-mono text-sm">
      {before}
      <span className="text-mute">••••</span>
      {after}
    </span>
  )
}
