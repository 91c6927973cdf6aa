import { type Tone, toneText } from '#components/ui/tones.ts'

/**
 * What happened as a cell of a table: its title, and in grey what there is to say of it. It leaves room for who did it and when, and ends in
 * an ellipsis; the whole is shown on hovering, and on phones at once.
 */
export function EventTitle({ title, detail, tone }: { title: string; detail: string; tone: Tone | null }) {
  return (
    <span className="flex max-w-[clamp(260px,28vw,560px)] sm:@max-[700px]/list:max-w-[200px] items-center gap-2.5 max-sm:max-w-none max-sm:items-baseline max-sm:whitespace-normal">
      <span
        aria-hidden="true"
        className={`size-[7px] shrink-0 rounded-full bg-current ${tone ? toneText[tone] : 'text-faint'}`}
      />
      <span className="min-w-0 truncate max-sm:whitespace-normal" title={detail || undefined}>
        {title} {detail && <span className="font-normal text-mute">{detail}</span>}
      </span>
    </span>
  )
}
