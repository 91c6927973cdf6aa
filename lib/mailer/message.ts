import '#server-only'
import { render } from '@react-email/render'
import { createElement } from 'react'
import { env } from '../base/env.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import type { MailContents } from '../mail/schema.ts'
import { factsInWords } from './rules.ts'
import { AddressChangedMail, addressChangedText } from './templates/address-changed-mail.tsx'
import { InvitationMail, invitationText } from './templates/invitation-mail.tsx'
import { KeysMovedMail, keysMovedSubject, keysMovedText } from './templates/keys-moved-mail.tsx'
import { LicenseKeyMail, type LicenseKeyMailProps, licenseKeyText } from './templates/license-key-mail.tsx'
import { SignInMail, signInSubject, signInText } from './templates/sign-in-mail.tsx'

/** A mail ready to be sent. `from` is the name to show beside our address, `replyTo` who reads answers. */
export type Message = { from: string | null; replyTo: string | undefined; subject: string; html: string; text: string }

/** Writes a mail from what is true now: a key that changed since it was queued is mailed as it is. */
export async function writeMail(contents: MailContents, to: string): Promise<Message> {
  switch (contents.template) {
    case 'sign-in': {
      const { url } = contents.payload
      const seller = await sellerFor(to)
      const props = { url, seller, host: new URL(url).host }
      return {
        from: seller,
        replyTo: undefined,
        subject: signInSubject(props),
        html: await render(createElement(SignInMail, props)),
        text: signInText(props),
      }
    }
    case 'invitation': {
      const { payload } = contents
      return {
        from: payload.organization,
        replyTo: undefined,
        subject: `${payload.invitedBy} invites you to ${payload.organization}`,
        html: await render(createElement(InvitationMail, payload)),
        text: invitationText(payload),
      }
    }
    case 'address-changed': {
      const { organizationId, address } = contents.payload
      const { name, supportEmail } = await prisma.organization.findUniqueOrThrow({
        where: { id: organizationId },
        select: { name: true, supportEmail: true },
      })
      const props = { organization: name, address, supportEmail }
      return {
        from: name,
        replyTo: supportEmail ?? undefined,
        subject: `Your address at ${name} was changed`,
        html: await render(createElement(AddressChangedMail, props)),
        text: addressChangedText(props),
      }
    }
    case 'keys-moved': {
      const { organizationId, ...payload } = contents.payload
      const { name, supportEmail } = await prisma.organization.findUniqueOrThrow({
        where: { id: organizationId },
        select: { name: true, supportEmail: true },
      })
      const purchasesUrl = new URL('/purchases', env().LATCHKEY_URL).href
      const props = { ...payload, organization: name, supportEmail, purchasesUrl }
      return {
        from: name,
        replyTo: supportEmail ?? undefined,
        subject: keysMovedSubject(props),
        html: await render(createElement(KeysMovedMail, props)),
        text: keysMovedText(props),
      }
    }
    case 'license-key': {
      const props = await licenseKeyProps(contents.payload.licenseKeyId, to)
      return {
        from: props.organization,
        replyTo: props.supportEmail ?? undefined,
        subject: `Your license key for ${props.product}`,
        html: await render(createElement(LicenseKeyMail, props)),
        text: licenseKeyText(props),
      }
    }
  }
}

/** The one organization somebody signs in for, by name; null for several or none, which a subject cannot name. */
async function sellerFor(email: string): Promise<string | null> {
  const found = await prisma.organization.findMany({
    where: { OR: [{ customers: { some: { email } } }, { memberships: { some: { user: { email } } } }] },
    select: { name: true },
    take: 2,
  })
  return found.length === 1 ? (found[0]?.name ?? null) : null
}

async function licenseKeyProps(licenseKeyId: string, to: string): Promise<LicenseKeyMailProps> {
  const key = await prisma.licenseKey.findUniqueOrThrow({
    where: { id: licenseKeyId },
    include: {
      organization: { select: { name: true, supportEmail: true, timeZone: true } },
      product: { select: { name: true } },
      keyConfiguration: {
        select: {
          ...configurationColumns,
          instructions: true,
          expiryKind: true,
          expiryStart: true,
          durationCount: true,
          durationUnit: true,
        },
      },
    },
  })
  return {
    organization: key.organization.name,
    supportEmail: key.organization.supportEmail,
    product: key.product?.name ?? key.keyConfiguration.name,
    keyString: openKeyString(key.keyCipher),
    instructions: key.keyConfiguration.instructions,
    facts: factsInWords({
      ...key.keyConfiguration,
      timeZone: key.organization.timeZone,
      expiresAt: key.expiresAt,
      firstActivatedAt: key.firstActivatedAt,
      expiryOverridden: key.expiryOverridden,
      limits: effectiveLimits(key, key.keyConfiguration),
    }),
    purchasesUrl: new URL(`/purchases/${key.id}`, env().LATCHKEY_URL).href,
    to,
  }
}
