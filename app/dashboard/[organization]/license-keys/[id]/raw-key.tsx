import { Card } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { showKey } from '#lib/api/license-key-shape.ts'
import type { Member } from '#lib/base/actor.ts'
import { getKeyRecord } from '#lib/license-keys/records.ts'

/** The key as programs see it who may not read its string. */
export async function RawKey({ merchant, id, now }: { merchant: Member; id: string; now: Date }) {
  const record = await getKeyRecord({ ...merchant, role: 'viewer' }, id, now)
  return (
    <Card>
      <details>
        <summary className="cursor-pointer px-3.5 py-2.5 font-medium hover:bg-hover focus-visible:-outline-offset-2">
          Raw JSON
        </summary>
        <div className="px-3.5 pb-3.5">
          <CodeBlock code={JSON.stringify(showKey(record), null, 2)} scroll wrap />
        </div>
      </details>
    </Card>
  )
}
