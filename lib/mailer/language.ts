import '#server-only'
import { prisma } from '../database/client.ts'
import type { CustomerMail } from '../mail/plain.ts'
import { isLanguage, type Language } from '../words/plain.ts'

/** The language somebody read our pages in last; English when they never did and nothing else is known. */
export async function languageFor(email: string, otherwise: Language = 'en'): Promise<Language> {
  const user = await prisma.user.findUnique({ where: { email }, select: { language: true } })
  return isLanguage(user?.language) ? user.language : otherwise
}

/** In which a mail is written: its reader's, unless the merchant wrote it, since half a mail in another language reads badly. */
export async function languageOfMail(organizationId: string, mail: CustomerMail, to: string): Promise<Language> {
  const own = await prisma.mailText.count({ where: { organizationId, mail } })
  return own > 0 ? 'en' : languageFor(to)
}
