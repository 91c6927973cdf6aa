import { Notice } from '#components/ui/notice.tsx'
import { Time } from '#components/ui/time.tsx'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import { RECENT_DAYS, type Trouble } from '#lib/license-keys/refusals.ts'
import type { Help } from '#lib/refusals/help.ts'
import { FixOffers } from '../../fix-offers.tsx'
import { ToCustomer } from '../../to-customer.tsx'

/**
 * Why the key is refused, above everything else: with the numbers, with what to write to the customer, and with the likely fixes beside it.
 * Red where somebody is locked out now.
 */
export function KeyTrouble({
  organization,
  licenseKey,
  troubles,
  help,
  mayWrite,
  now,
}: {
  organization: string
  licenseKey: LicenseKeyDetail
  troubles: Trouble[]
  help: Map<string, Help>
  mayWrite: boolean
  now: Date
}) {
  return troubles.map((trouble) => {
    const { support = capital(trouble.why), customer, offers = [] } = help.get(trouble.code) ?? {}
    return (
      <div key={trouble.code} className="grid gap-2">
        <Notice
          tone={trouble.harms ? 'bad' : 'off'}
          title={<Often trouble={trouble} now={now} />}
          actions={
            mayWrite &&
            offers.length > 0 && (
              <FixOffers
                organization={organization}
                licenseKeyId={licenseKey.id}
                configurationId={licenseKey.configuration.id}
                purchaseId={licenseKey.purchase?.id ?? null}
                offers={offers}
                hasDevices
              />
            )
          }
        >
          {trouble.harms
            ? support
            : `${capital(trouble.why)} Nobody was refused lately; a refusal shows here within a minute.`}
        </Notice>
        {trouble.harms && customer && (
          <ToCustomer
            text={customer}
            email={licenseKey.customer.email}
            about={licenseKey.product?.name ?? null}
            className="px-3"
          />
        )}
      </div>
    )
  })
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** "Refused 151 times in three days, last 2 min ago:" */
function Often({ trouble, now }: { trouble: Trouble; now: Date }) {
  if (!trouble.harms || !trouble.lastAt) return 'Refused:'
  const times = trouble.times === 1 ? 'once' : `${trouble.times.toLocaleString('en')} times`
  return (
    <>
      Refused {times} in the last {RECENT_DAYS} days, last <Time value={trouble.lastAt} now={now} />:
    </>
  )
}
