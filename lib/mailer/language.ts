import '#server-only'
import { prisma } from '../database/client.ts'
import type { CustomerMail } from '../mail/plain.ts'
import { isLanguage, type Language } from '../words/plain.ts'

/** The language somebody read our pages in last, by the first of their addresses that is known; English when they never did. */
export async function languageFor(...addresses: string[]): Promise<Language> {
  for (const email of addresses) {
    const user = await prisma.user.findUnique({ where: { email }, select: { language: true } })
    if (user) return isLanguage(user.language) ? user.language : 'en'
  }
  return 'en'
}

/** In which a mail is written: its reader's, unless the merchant wrote it, since half a mail in another language reads badly. */
export async function languageOfMail(organizationId: string, mail: CustomerMail, to: string): Promise<Language> {
  const own = await prisma.mailText.count({ where: { organizationId, mail } })
  return own > 0 ? 'en' : languageFor(to)
}
