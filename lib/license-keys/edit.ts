import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { endInShort, lastMomentOf } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { changeLicenseKey, type LockedKey } from './change.ts'
import { editOf } from './look.ts'
import type { KeyChanges, KeyEdit, UpdateLicenseKey } from './schema.ts'

// From the form of a key to its changes, where somebody else may have saved meanwhile.

/**
 * Changes a key as its form says: `configuration` gives a limit back to the configuration, what is left out stays. With
 * `opened`, what the form showed when it was opened, only what was changed since then is changed.
 */
export async function updateLicenseKey(
  merchant: Merchant,
  input: UpdateLicenseKey,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  if (!opened) {
    const changes = ({ organization }: LockedKey) => changesOf(input, organization.timeZone)
    return changeLicenseKey(merchant, input.licenseKeyId, changes, now)
  }
  const products = new Map(
    (
      await prisma.product.findMany({
        where: { organizationId: merchant.organizationId },
        select: { id: true, name: true },
      })
    ).map(({ id, name }) => [id, name]),
  )
  await changeLicenseKey(
    merchant,
    input.licenseKeyId,
    (before) => {
      const { timeZone } = before.organization
      const present = editOf(before)
      const typed = typedOf(input, opened, present, timeZone)
      const { mine } = mergeEdit(keyParts(products, timeZone), opened, typed, present)
      const changes: KeyChanges = { ...changesOf(input, timeZone), newDevicesBlocked: input.newDevicesBlocked ?? false }
      const names = mine.flatMap(({ fields }) => fields.map((field) => changeOfPart[field]))
      return Object.fromEntries(names.map((name) => [name, changes[name]]))
    },
    now,
  )
}

const devicesWords = (activations: KeyEdit['activations']): string => {
  if (activations === 'configuration') return 'as configured'
  return activations.mode === 'limited' ? `${activations.limit}` : activations.mode
}

const expiryWords = ({ own, at }: KeyEdit['expiry'], zone: string): string => {
  if (at === 'configured') return 'as configured'
  return `${at ? endInShort(new Date(at), zone) : 'never'}${own ? '' : ' as configured'}`
}

const keyParts = (products: Map<string, string>, zone: string): EditPart<KeyEdit>[] => [
  {
    label: 'Product',
    input: 'productId',
    fields: ['productId'],
    words: ({ productId }) => (productId === null ? 'none' : (products.get(productId) ?? 'another one')),
  },
  {
    label: 'Devices',
    input: 'activationLimit',
    fields: ['activations'],
    words: ({ activations }) => devicesWords(activations),
  },
  {
    label: 'New devices',
    input: 'newDevicesBlocked',
    fields: ['newDevicesBlocked'],
    words: ({ newDevicesBlocked }) => (newDevicesBlocked ? 'blocked' : 'allowed'),
  },
  {
    label: 'Usage',
    input: 'usageLimit',
    fields: ['usageLimit'],
    words: ({ usageLimit }) => (usageLimit === 'configuration' ? 'as configured' : `${usageLimit ?? 'unlimited'}`),
  },
  { label: 'Expiry', input: 'expiresOn', fields: ['expiry'], words: ({ expiry }) => expiryWords(expiry, zone) },
  { label: 'Note', input: 'note', fields: ['note'], words: ({ note }) => (note ? `“${note}”` : 'empty') },
]

/** What a form says of a key. A box that is not ticked is not sent, although the form shows it. */
function typedOf(input: UpdateLicenseKey, opened: Opened, present: KeyEdit, zone: string): KeyEdit {
  const { activations, usageLimit, expiresAt, note, productId } = changesOf(input, zone)
  const unticked = 'newDevicesBlocked' in opened ? false : present.newDevicesBlocked
  return {
    note: note ?? present.note,
    newDevicesBlocked: input.newDevicesBlocked ?? unticked,
    activations: (activations ?? opened.activations ?? present.activations) as KeyEdit['activations'],
    usageLimit: usageLimit === undefined ? present.usageLimit : usageLimit,
    expiry:
      expiresAt === undefined
        ? ((opened.expiry ?? present.expiry) as KeyEdit['expiry'])
        : expiresAt === 'configuration'
          ? { own: false, at: 'configured' }
          : { own: true, at: expiresAt as Date | null },
    productId: productId === undefined ? present.productId : productId,
  }
}

// The change that each part comes to.
const changeOfPart = {
  note: 'note',
  newDevicesBlocked: 'newDevicesBlocked',
  activations: 'activations',
  usageLimit: 'usageLimit',
  expiry: 'expiresAt',
  productId: 'productId',
} as const satisfies Record<keyof KeyEdit, keyof KeyChanges>

function changesOf(input: UpdateLicenseKey, zone: string): KeyChanges {
  const { activations, activationLimit, usage, usageLimit, expiry, expiresOn, note, newDevicesBlocked } = input
  return {
    note,
    newDevicesBlocked,
    productId: input.productId,
    ...(activations && {
      activations:
        activations === 'configuration'
          ? activations
          : { mode: activations, limit: activations === 'limited' ? activationLimit : null },
    }),
    ...(usage && { usageLimit: usage === 'configuration' ? usage : usage === 'limited' ? usageLimit : null }),
    ...(expiry === 'configuration' && { expiresAt: 'configuration' as const }),
    ...(expiry === 'never' && { expiresAt: null }),
    // The whole day counts, as in configurations with a fixed date.
    ...(expiry === 'date' && expiresOn && { expiresAt: lastMomentOf(expiresOn, zone) }),
  }
}
