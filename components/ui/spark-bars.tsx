/** A few small bars, oldest first; the label says in words what they show. */
export function SparkBars({
  values,
  label,
  max,
}: {
  values: readonly number[]
  /** "Validations in the last 7 days: 2, 4, 3, 6, 5, 8, 7". */
  label: string
  /** The value of a full bar, so that several sparks can be compared; else the largest. */
  max?: number
}) {
  const top = Math.max(max ?? 0, ...values, 1)
  const width = values.length * 9 - 3
  return (
    <svg
      width={width}
      height="18"
      viewBox={`0 0 ${width} 18`}
      role="img"
      aria-label={label}
      className="block text-mute"
    >
      {values.map((value, at) => {
        const height = value <= 0 ? 1 : Math.max(2, Math.round((value / top) * 16))
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={at}
            x={at * 9}
            y={17 - height}
            width="6"
            height={height}
            rx="1"
            fill="currentColor"
            opacity={value <= 0 ? 0.3 : 0.45 + (0.55 * (at + 1)) / values.length}
          />
        )
      })}
    </svg>
  )
}
