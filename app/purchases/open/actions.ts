'use server'
import { redirect } from 'next/navigation'
import { KeyLink, keyLinkOf } from '#lib/auth/key-mail.ts'
import { currentVisitor } from '#lib/auth/session.ts'
import { signIn } from '#lib/auth/sign-in.ts'
import { notFound } from '#lib/base/errors.ts'
import * as paths from '#lib/web/paths.ts'
import { readerAction } from '#lib/web/reader-action.ts'

/** Uses up the link of a mail with a key, and leads to that key. */
export const openKey = readerAction(currentVisitor, KeyLink, async (visitor, link) => {
  const found = await keyLinkOf(visitor, link, new Date())
  if (!found) throw notFound('link')
  if (found.isOpen) await signIn('key-mail', { email: found.to, ...link })
  // Pressed twice, or used elsewhere: the page asks whoever is not signed in.
  redirect(paths.purchasedKey({ id: found.licenseKeyId }))
})
