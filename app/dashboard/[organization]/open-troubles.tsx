import { Badge } from '#components/ui/badge.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { log } from '#lib/base/log.ts'
import { countOpenTroubles, OPEN_SHOWN_MAX } from '#lib/refusals/queries.ts'

/** How many troubles wait for somebody, beside their link. */
export async function OpenTroubles({ organization }: { organization: string }) {
  const merchant = await requireMerchant(organization)
  const open = await countOpenTroubles(merchant, new Date()).catch((error: unknown) => {
    // The frame of a page says nothing rather than take the page with it.
    log.warn({ err: error }, 'open troubles could not be counted')
    return 0
  })
  if (open === 0) return null
  return (
    <Badge tone="bad">
      {open > OPEN_SHOWN_MAX ? `${OPEN_SHOWN_MAX}+` : numberText(open)}
      <span className="sr-only"> open</span>
    </Badge>
  )
}
