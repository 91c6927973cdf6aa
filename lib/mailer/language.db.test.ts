import { describe, expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { accountNews, customerMails } from '../mail/plain.ts'
import type { MailContents } from '../mail/schema.ts'
import { originals } from '../mail-settings/originals.ts'
import { originalsDe } from '../mail-settings/originals-de.ts'
import { whyNotText } from '../mail-settings/text.ts'
import { writeMail } from './message.ts'

describe.each(customerMails)('the German words of %s', (mail) => {
  test('name no other variables than the English ones, and the same', () => {
    for (const part of ['subject', 'intro'] as const) {
      expect(whyNotText(originalsDe[mail][part], originals[mail].variables)).toBeNull()
      const named = (text: string) => [...text.matchAll(/\{\{([^|}]+)/g)].map(([, name]) => name).sort()
      const all = ({ subject, intro }: { subject: string; intro: string }) => [...new Set(named(subject + intro))]
      expect(all(originalsDe[mail])).toEqual(all(originals[mail]))
    }
  })
})

const ends = '2027-08-30T12:00:00.000Z'

async function readerOf(language: string | null) {
  const shop = await makeOrganization({ name: 'Inkwell' })
  const key = await shop.issue(
    await shop.configuration({ name: 'Quill', activationsMode: 'limited', activationLimit: 3 }),
  )
  await prisma.licenseKey.update({ where: { id: key.id }, data: { expiresAt: new Date(ends), expiryOverridden: true } })
  await prisma.user.create({ data: { email: key.customerEmail, language } })
  const licenseKeyId = key.id
  const write = (contents: MailContents) => writeMail(contents, key.customerEmail, newId())
  return { shop, key, licenseKeyId, write }
}

/** Words that stand in every English mail of ours, and in no German one. */
const ENGLISH = /\b(the|your|you|because|this|key that|works?)\b/i

test('a reader of German reads German, with every word around it', async () => {
  const { key, licenseKeyId, write } = await readerOf('de')
  const issued = await write({ template: 'license-key', payload: { licenseKeyId } })
  expect(issued.subject).toBe('Ihr Lizenzschlüssel für Quill')
  expect(issued.text).toContain('Gültig bis 30. August 2027')
  expect(issued.text).toContain('Gilt auf 3 Geräten zugleich.')
  expect(issued.html).toContain('lang="de"')
  const payload = { licenseKeyId, endsAt: ends }
  const others = [
    await write({ template: 'key-replaced', payload: { licenseKeyId } }),
    await write({ template: 'key-expiring', payload: { ...payload, days: 7, code: 'x' } }),
    await write({ template: 'key-expired', payload }),
    await write({ template: 'key-revoked', payload: { licenseKeyId } }),
    await write({ template: 'device-activated', payload: { licenseKeyId, device: 'Laptop', at: ends } }),
  ]
  for (const { subject, text } of [issued, ...others]) {
    const words = `${subject}\n${text}`.replaceAll(/https?:\S+/g, '').replaceAll(key.customerEmail, '')
    expect(ENGLISH.exec(words)?.[0], words).toBeUndefined()
  }
})

test('who never read our pages, or reads English, reads English; a merchant’s own words stay in one language', async () => {
  for (const language of [null, 'en', 'xx']) {
    const { licenseKeyId, write } = await readerOf(language)
    const { subject, html } = await write({ template: 'license-key', payload: { licenseKeyId } })
    expect(subject).toBe('Your license key for Quill')
    expect(html).toContain('lang="en"')
  }
  const { shop, licenseKeyId, write } = await readerOf('de')
  await prisma.mailText.create({
    data: { organizationId: shop.id, mail: 'key-issued', subject: 'Hier: {{product.name}}', intro: 'Own words.' },
  })
  const { subject, text } = await write({ template: 'license-key', payload: { licenseKeyId } })
  expect(subject).toBe('Hier: Quill')
  expect(text).toContain('Your purchases')
  expect(text).not.toContain('Käufe')
})

test('mails about their account are in the language of whoever has it, also those to an address it has not yet', async () => {
  const [to, fresh] = [`${newId()}@example.com`, `${newId()}@example.com`]
  await prisma.user.create({ data: { email: to, language: 'de' } })
  const url = 'https://keys.example.com/login/password?token=x'
  const news = { at: ends, device: 'Firefox on Linux', address: '203.0.113.7' }
  const abroad = { ...news, address: '133.11.0.7' }
  const mails = [
    await writeMail({ template: 'password-link', payload: { url } }, to, newId()),
    await writeMail({ template: 'address-link', payload: { url, from: to } }, fresh, newId()),
    // As the browser that asked reads, whoever's the address is.
    await writeMail({ template: 'password-link', payload: { url, language: 'de' } }, fresh, newId()),
    ...(await Promise.all(
      accountNews
        .filter((each) => !each.startsWith('organization-') && each !== 'address-changed')
        .map((each) =>
          writeMail({ template: 'account-news', payload: { ...news, news: each, about: '3' } }, to, newId()),
        ),
    )),
    await writeMail({ template: 'account-news', payload: { ...abroad, news: 'new-device', about: null } }, to, newId()),
    // The account has the new address by then.
    await writeMail(
      { template: 'account-news', payload: { ...news, news: 'address-changed', about: to } },
      fresh,
      newId(),
    ),
  ]
  for (const { subject, text, html } of mails) {
    const words = `${subject}\n${text}`.replaceAll(/https?:\S+/g, '')
    expect(ENGLISH.exec(words)?.[0], words).toBeUndefined()
    expect(html).toContain('lang="de"')
  }
  expect(mails.at(-1)?.text).toContain('Firefox unter Linux')
  expect(mails.at(-2)?.text).toContain('Firefox unter Linux · 133.11.0.7 · Japan')
  const english = await writeMail({ template: 'password-link', payload: { url, language: 'en' } }, to, newId())
  expect(english.subject).toBe('Set a new password')
})
