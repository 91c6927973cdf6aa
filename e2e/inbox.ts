import { expect } from '@playwright/test'
import type { Message } from './mail-server.ts'

/** Every mail that has come for an address, oldest first. */
export async function mailsTo(address: string): Promise<Message[]> {
  const response = await fetch(`${process.env.MAIL_INBOX_URL}/messages?to=${encodeURIComponent(address)}`)
  return (await response.json()) as Message[]
}

/** Waits for the next mail to an address whose subject matches, and returns the newest such. One that a test itself makes waits for a sweep, up to a minute. */
export async function waitForMail(address: string, subject = /./, timeout = 45_000): Promise<Message> {
  let found: Message | undefined
  await expect
    .poll(
      async () => {
        found = (await mailsTo(address)).findLast((message) => subject.test(message.subject))
        return found
      },
      { message: `a mail to ${address} about ${subject}`, timeout },
    )
    .toBeTruthy()
  return found as Message
}

/** The first link in a mail that contains `part`. */
export function linkIn(message: Message, part = ''): string {
  const links = message.text.match(/https?:\/\/[^\s)>\]]+/g) ?? []
  const link = links.find((url) => url.includes(part))
  if (!link) throw new Error(`No link with "${part}" in: ${message.text}`)
  return link
}
