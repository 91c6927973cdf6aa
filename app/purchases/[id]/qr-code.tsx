import { qrOf, qrPath } from '#lib/base/qr.ts'
import type { Words } from '#lib/words/en.ts'

// As wide as readers ask for around a code (ISO/IEC 18004, 9.1).
const QUIET = 4

/** The key for the camera of a phone, folded up; dark on light in either theme, which readers need. */
export function QrCode({ text, words: { key: say } }: { text: string; words: Words }) {
  const modules = qrOf(text)
  if (!modules) return null
  const size = modules.length + 2 * QUIET
  return (
    <details className="rounded-card border border-line bg-panel shadow-soft" data-print="hide">
      <summary className="rounded-card px-3.5 py-2.5 font-medium">{say.qr}</summary>
      <div className="px-3.5 pb-3.5">
        <p className="text-pretty text-mute">{say.qrAbout}</p>
        <svg
          role="img"
          aria-label={say.qr}
          viewBox={`${-QUIET} ${-QUIET} ${size} ${size}`}
          shapeRendering="crispEdges"
          className="mt-3 w-full max-w-[220px] rounded-[8px] bg-white"
        >
          <path d={qrPath(modules)} fill="#000" />
        </svg>
      </div>
    </details>
  )
}
