'use client'
import type { Route } from 'next'
import { useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { Offer, Place } from '#lib/refusals/fixes.ts'
import * as paths from '#lib/web/paths.ts'
import { fix } from './fix-actions.ts'

type About = {
  organization: string
  licenseKeyId: string
  configurationId: string
  purchaseId: string | null
  /** The page shows the devices of the key itself. */
  hasDevices?: boolean
}

/** What helps against a refusal, as buttons that ask first and links. */
export function FixOffers({ offers, ...about }: About & { offers: readonly Offer[] }) {
  return offers.map((offer) =>
    'deed' in offer ? (
      <Deed key={offer.label} offer={offer} {...about} />
    ) : offer.place === 'devices' && about.hasDevices ? (
      <Button key={offer.label} size="sm" onClick={goToDevices}>
        {offer.label}
      </Button>
    ) : (
      <Button key={offer.label} size="sm" href={placeOf(offer.place, about)}>
        {offer.label}
      </Button>
    ),
  )
}

function Deed({
  offer: { label, title, done, will, deed },
  organization,
  licenseKeyId,
}: About & { offer: Extract<Offer, { deed: unknown }> }) {
  const [open, setOpen] = useState(false)
  const values = Object.fromEntries(Object.entries(deed).map(([name, value]) => [name, String(value)]))
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      trigger={<Button size="sm">{label}</Button>}
      title={title}
      confirmLabel={label}
      values={{ organization, licenseKeyId, ...values }}
      action={confirmAction(fix)}
      onDone={() => toast.success(done)}
    >
      <p>{will}</p>
    </ConfirmDialog>
  )
}

function placeOf(place: Place, { organization, licenseKeyId: id, configurationId, purchaseId }: About): Route {
  const places: Record<Place, () => Route> = {
    edit: () => paths.editLicenseKey({ organization, id }),
    devices: () => paths.licenseKey({ organization, id }, undefined, 'devices'),
    configuration: () => paths.editKeyConfiguration({ organization, id: configurationId }),
    integrate: () => paths.integrate({ organization, id: configurationId }),
    purchase: () =>
      purchaseId ? paths.sale({ organization, id: purchaseId }) : paths.licenseKey({ organization, id }),
  }
  return places[place]()
}

// A link to a part of the page does nothing that is seen when that part is in view; the focus lands where a device can be freed.
function goToDevices() {
  const title = document.getElementById('devices')
  title?.scrollIntoView({ block: 'start' })
  const first = title?.closest('section')?.querySelector<HTMLElement>('li button[aria-label^="Deactivate"]')
  ;(first ?? title)?.focus()
}
