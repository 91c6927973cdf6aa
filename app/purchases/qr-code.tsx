import { QrCode } from '#components/ui/qr-code.tsx'
import type { Words } from '#lib/words/en.ts'

/** The key for the camera of a phone, folded up. */
export function KeyQrCode({ text, words: { key: say } }: { text: string; words: Words }) {
  return (
    <details className="rounded-card border border-line bg-panel shadow-soft" data-print="hide">
      <summary className="rounded-card px-3.5 py-2.5 font-medium">{say.qr}</summary>
      <div className="grid gap-3 px-3.5 pb-3.5">
        <p className="text-pretty text-mute">{say.qrAbout}</p>
        <QrCode text={text} label={say.qr} size={220} />
      </div>
    </details>
  )
}
