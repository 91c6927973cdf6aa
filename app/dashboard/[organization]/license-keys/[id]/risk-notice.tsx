import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import type { riskOfKey } from '#lib/misuse/queries.ts'
import * as paths from '#lib/web/paths.ts'

/** That more people seem to use a key than it was sold to, by what. */
export function RiskNotice({
  organization,
  id,
  risk,
}: {
  organization: string
  id: string
  risk: Awaited<ReturnType<typeof riskOfKey>>
}) {
  if (!risk || risk.level === 'none') return null
  return (
    <Notice
      tone={risk.level === 'act' ? 'bad' : 'warn'}
      title={`Looks misused, ${risk.score} of 100:`}
      actions={
        <Button size="sm" href={paths.risk({ organization, id })}>
          See the evidence
        </Button>
      }
    >
      {risk.evidence.join(', ').toLowerCase()}.
    </Notice>
  )
}
