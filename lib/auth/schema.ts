import { z } from 'zod'
import { emailAddress } from '../base/text.ts'

/** An e-mail address as it is compared and stored. */
export const EmailAddress = emailAddress('Enter an e-mail address, like name@example.com.')

/** A new password. Length is what counts (NIST SP 800-63B); the upper bound keeps hashing cheap. */
export const NewPassword = z
  .string()
  .min(10, 'Use at least 10 characters.')
  .max(200, 'Use at most 200 characters.')
  .refine((password) => new Set(password).size > 3, 'Use more than three different characters.')

/** An address and the password that goes with it. */
export const PasswordSignIn = z.object({ email: EmailAddress, password: z.string().min(1).max(200) })
export type PasswordSignIn = z.infer<typeof PasswordSignIn>

/** The sign-in form: by password, or by link when there is none. */
export const SignIn = z.object({
  email: EmailAddress,
  password: z.string().max(200, 'This password is too long.').default(''),
  intent: z.enum(['password', 'link']).default('password'),
  callbackUrl: z.string().default(''),
})

/** Who wants a link, and where it should lead. */
export const LinkRequest = z.object({ email: EmailAddress, callbackUrl: z.string().default('') })
export type LinkRequest = z.infer<typeof LinkRequest>

/** What a mailed sign-in link carries. */
export const SignInLink = z.object({ email: EmailAddress, token: z.string().min(20).max(100) })
export type SignInLink = z.infer<typeof SignInLink>

/** A new password for one's own account, allowed by the old one where there is one. */
export const ChangePassword = z.object({ current: z.string().max(200).default(''), password: NewPassword })
export type ChangePassword = z.infer<typeof ChangePassword>

/** The name that others see. */
export const ChangeName = z.object({
  name: z.string().trim().min(1, 'Enter your name.').max(80, 'Use at most 80 characters.'),
})
export type ChangeName = z.infer<typeof ChangeName>

/** Names one of one's own sessions. */
export const SessionId = z.object({ sessionId: z.uuid() })
