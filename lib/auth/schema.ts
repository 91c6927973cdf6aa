import { z } from 'zod'
import { emailAddress } from '../base/text.ts'
import { languages } from '../words/plain.ts'
import { signInProviders } from './plain.ts'

/** An e-mail address as it is compared and stored. */
export const EmailAddress = emailAddress('Enter an e-mail address, like name@example.com.')

/** A new password. Length is what counts (NIST SP 800-63B); the upper bound keeps hashing cheap. Common ones are refused in passwords.ts. */
export const NewPassword = z.string().min(10, 'Use at least 10 characters.').max(200, 'Use at most 200 characters.')

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
export const LinkRequest = z.object({
  email: EmailAddress,
  callbackUrl: z.string().default(''),
  /** Names this request of this browser; the code that is mailed works for it alone. */
  request: z.string().max(100).optional(),
  /** In which the mail is written. */
  language: z.enum(languages).optional(),
})
export type LinkRequest = z.infer<typeof LinkRequest>

/** What a mailed sign-in link carries. */
export const SignInLink = z.object({ email: EmailAddress, token: z.string().min(20).max(100) })
export type SignInLink = z.infer<typeof SignInLink>

/** What is typed from a sign-in mail: the code, however it was grouped, and the request that it answers. */
export const SignInCode = z.object({
  email: EmailAddress,
  request: z.string().min(20).max(100),
  code: z
    .string()
    .max(40)
    .transform((typed) => typed.normalize('NFKC').replace(/[\s.\-–]/g, ''))
    .refine((code) => /^\d{6}$/.test(code), 'The code has six digits.'),
})
export type SignInCode = z.infer<typeof SignInCode>

/** What a link carries that changes an account. */
export const AccountToken = z.object({ token: z.string().min(20).max(100) })

/** Who has forgotten their password. */
export const ForgottenPassword = z.object({ email: EmailAddress })

/** A new password, allowed by a mailed link. */
export const NewPasswordByLink = AccountToken.extend({ password: NewPassword })
export type NewPasswordByLink = z.infer<typeof NewPasswordByLink>

/** Another address to sign in with. */
export const ChangeAddress = z.object({ email: EmailAddress })
export type ChangeAddress = z.infer<typeof ChangeAddress>

/** A new password for one's own account, allowed by the old one where there is one. */
export const ChangePassword = z.object({ current: z.string().max(200).default(''), password: NewPassword })
export type ChangePassword = z.infer<typeof ChangePassword>

/** The name that others see. */
export const ChangeName = z.object({
  name: z.string().trim().min(1, 'Enter your name.').max(80, 'Use at most 80 characters.'),
})
export type ChangeName = z.infer<typeof ChangeName>

/** A code that an authenticator app shows. */
export const TwoStepCode = z.object({ code: z.string().trim().min(1, 'Enter the code.').max(40, 'This is no code.') })

/** The second step of signing in, and where it leads. */
export const SecondStep = TwoStepCode.extend({ callbackUrl: z.string().default('') })

/** What a browser answers when it is asked for a passkey, as JSON; checked by the library that reads it. */
const Signed = z.string().min(2).max(20_000)

/** A passkey that a browser made, and its name. */
export const NewPasskey = z.object({
  response: Signed,
  name: z.string().trim().min(1, 'Enter a name.').max(60, 'Use at most 60 characters.'),
})
export type NewPasskey = z.infer<typeof NewPasskey>

/** The name of a passkey that is to be made. */
export const PasskeyName = NewPasskey.pick({ name: true })

/** A provider to link to one's own account. */
export const ProviderToLink = z.object({ provider: z.enum(signInProviders) })

/** Names one of one's own linked sign-ins. */
export const LinkedSignInId = z.object({ linkedSignInId: z.uuid() })

/** Names one of one's own passkeys. */
export const PasskeyId = z.object({ passkeyId: z.uuid() })

/** What a passkey signed, and where it leads. */
export const PasskeySignIn = z.object({ response: Signed, callbackUrl: z.string().default('') })

/** A form of one button. */
export const Nothing = z.object({})

/** Names one of one's own sessions. */
export const SessionId = z.object({ sessionId: z.uuid() })
