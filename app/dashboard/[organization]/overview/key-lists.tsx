import type { Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { numberText } from '#components/ui/number-text.ts'
import type { LicenseKeySummary } from '#lib/license-keys/list.ts'
import { OVERVIEW_KEYS } from '#lib/overview/queries.ts'
import * as paths from '#lib/web/paths.ts'

/** The first keys of a list, and the way to all. */
export function KeyCard({
  title,
  total,
  href,
  none,
  children,
}: {
  title: string
  total: number
  href: Route
  none: string
  children: ReactNode
}) {
  return (
    <Card>
      <CardHeader title={title}>
        {total > 0 && (
          <Button
            size="sm"
            variant="ghost"
            href={href}
            aria-label={`${total > OVERVIEW_KEYS ? `All ${numberText(total)}` : 'List'}: ${title}`}
          >
            {total > OVERVIEW_KEYS ? `All ${numberText(total)}` : 'List'}
          </Button>
        )}
      </CardHeader>
      {total === 0 ? (
        <CardBody>
          <p className="text-mute">{none}</p>
        </CardBody>
      ) : (
        <ul>{children}</ul>
      )}
    </Card>
  )
}

/** One key, with what there is to say of it at the right. */
export function KeyLine({
  licenseKey,
  organization,
  children,
}: {
  licenseKey: Pick<LicenseKeySummary, 'id' | 'masked' | 'customer'> | null
  organization: string
  children: ReactNode
}) {
  if (!licenseKey) return null
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 hover:bg-hover">
      <span className="min-w-0 flex-1 basis-40">
        <Link
          href={paths.licenseKey({ organization, id: licenseKey.id })}
          className="block truncate rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
        >
          {licenseKey.customer.name ?? licenseKey.customer.email}
        </Link>
        <span className="block text-mute">
          <MaskedKey masked={licenseKey.masked} />
        </span>
      </span>
      {children}
    </li>
  )
}
