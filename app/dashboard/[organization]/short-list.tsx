/** The first two of some names, and how many more there are. */
export function ShortList({ names, none }: { names: readonly string[]; none: string }) {
  if (names.length === 0) return <span className="text-mute">{none}</span>
  return (
    <span title={names.length > 2 ? names.join(' · ') : undefined}>
      {names.slice(0, 2).join(' · ')}
      {names.length > 2 && <span className="text-mute"> and {names.length - 2} more</span>}
    </span>
  )
}
