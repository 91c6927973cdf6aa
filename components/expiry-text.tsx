import { DateText } from '#components/ui/date-text.tsx'

/** The day a key expires, "Never", or that its time has not begun. */
export function ExpiryText({ expiresAt, starts }: { expiresAt: Date | null; starts: 'first_activation' | null }) {
  if (expiresAt) return <DateText value={expiresAt} />
  return <span className="text-mute">{starts ? 'After activation' : 'Never'}</span>
}
