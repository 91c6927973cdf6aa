import { expect } from '@playwright/test'
import { enqueue, work } from '#lib/database/queue.ts'
import type { Message } from './mail-server.ts'

/** Every mail that has come for an address, oldest first. */
export async function mailsTo(address: string): Promise<Message[]> {
  const response = await fetch(`${process.env.MAIL_INBOX_URL}/messages?to=${encodeURIComponent(address)}`)
  return (await response.json()) as Message[]
}

// A command that a test runs by itself writes its mail and prompts nobody.
let joined: Promise<unknown> | undefined
async function promptMail(): Promise<void> {
  joined ??= work(null)
  await joined
  await enqueue(null, 'mail.sweep', {})
}

/** Waits for the next mail to an address whose subject matches, and returns the newest such, whoever made it. */
export async function waitForMail(address: string, subject = /./, timeout = 45_000): Promise<Message> {
  let found: Message | undefined
  const find = async () => {
    found = (await mailsTo(address)).findLast((message) => subject.test(message.subject))
    return found
  }
  // The app's own mail is there in a moment.
  if (!(await find())) await promptMail()
  await expect.poll(find, { message: `a mail to ${address} about ${subject}`, timeout }).toBeTruthy()
  return found as Message
}

/** The first link in a mail that contains `part`. */
export function linkIn(message: Message, part = ''): string {
  const links = message.text.match(/https?:\/\/[^\s)>\]]+/g) ?? []
  const link = links.find((url) => url.includes(part))
  if (!link) throw new Error(`No link with "${part}" in: ${message.text}`)
  return link
}
