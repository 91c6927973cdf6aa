/** A sentence in which `code` is set as code. */
export const Words = ({ text }: { text: string }) =>
  text.split('`').map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a sentence never move
      <code key={at} className="font-mono text-ink text-sm">
        {part}
      </code>
    ) : (
      part
    ),
  )
