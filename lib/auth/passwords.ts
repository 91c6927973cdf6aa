import '#server-only'
import { hash, verify } from '@node-rs/argon2'
import { Refusal } from '../base/errors.ts'
import { isCommonPassword } from './common-passwords.ts'

// OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane (Password Storage Cheat Sheet). The package's default algorithm is argon2id.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** argon2id, with its own salt and parameters inside. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost)

/** The same for one that somebody has just chosen: refused when it is among those that are tried first. */
export async function hashNewPassword(password: string): Promise<string> {
  if (await isCommonPassword(password))
    throw new Refusal(
      'INVALID_INPUT',
      'Many people use this password or one like it, so it is guessed first. Choose another; a whole sentence works well.',
      'password',
    )
  return hashPassword(password)
}

let dummy: Promise<string> | undefined

/** Takes the same time whether or not there is a password, so that timing does not tell who has one. */
export async function isPassword(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  dummy ??= hashPassword('nobody has this password')
  const matches = await verify(passwordHash ?? (await dummy), password)
  return matches && Boolean(passwordHash)
}
