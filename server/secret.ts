// The master secret: where it is found, and how it is made and written.
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { dataFolder } from './folders.ts'

/** Where it is kept unless it is given. */
export const secretFile = path.join(dataFolder, 'secret')

const CHARACTERS_MIN = 32
const HOW_TO_MAKE = 'Make one with: openssl rand -base64 32'

const HOW_TO_REPLACE = 'If your data was made with it, replace it: docs/secrets.md, "Replacing the secret".'

/** `source` is how messages name the place. */
export type SecretsFound =
  | { are: 'there'; secrets: [string, ...string[]]; source: string; file: string | null }
  | { are: 'missing'; source: string; file: string }
  | { are: 'unusable'; source: string; problem: string }

/**
 * The master secrets of the environment: LATCHKEY_SECRET_FILE, or LATCHKEY_SECRET (and LATCHKEY_SECRET_PREVIOUS while it is replaced), or
 * the file .data/secret. A file has one on a line, the newest first.
 */
export function findSecrets(environment: NodeJS.ProcessEnv = process.env): SecretsFound {
  const given = (name: string) => environment[name]?.trim() || undefined
  const file = given('LATCHKEY_SECRET_FILE')
  if (file) return readSecretFile(path.resolve(file))
  const secret = given('LATCHKEY_SECRET')
  const previous = given('LATCHKEY_SECRET_PREVIOUS')
  if (!secret) return readSecretFile(secretFile)
  const weak = weaknessOf(secret)
  if (weak) {
    const problem = `LATCHKEY_SECRET ${weak}. ${HOW_TO_MAKE}. ${HOW_TO_REPLACE}`
    return { are: 'unusable', source: 'LATCHKEY_SECRET', problem }
  }
  const source = previous ? 'LATCHKEY_SECRET and LATCHKEY_SECRET_PREVIOUS' : 'LATCHKEY_SECRET'
  return { are: 'there', secrets: previous ? [secret, previous] : [secret], source, file: null }
}

/** The master secrets in a file. */
export function readSecretFile(file: string): SecretsFound {
  const source = file
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { are: 'missing', source: `neither LATCHKEY_SECRET nor ${file} is there`, file }
    return { are: 'unusable', source, problem: `The file of the master secret cannot be read: ${message}` }
  }
  const secrets = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length > 0)
  const [first] = secrets
  if (first === undefined) {
    const problem = `${file} is empty. It held the master secret: bring it back from your backup. Only if this installation never had any data, delete the file and start again.`
    return { are: 'unusable', source, problem }
  }
  const weak = weaknessOf(first)
  if (weak) {
    const problem = `The master secret in ${file} ${weak}. If it was cut off, bring it back from your backup. Only if this installation never had any data, delete the file and start again. ${HOW_TO_REPLACE}`
    return { are: 'unusable', source, problem }
  }
  return { are: 'there', secrets: secrets as [string, ...string[]], source, file }
}

/** Tells this process and those it starts. */
export function setSecrets({ secrets, file }: Extract<SecretsFound, { are: 'there' }>): void {
  const [secret, previous] = secrets
  process.env.LATCHKEY_SECRET = secret
  process.env.LATCHKEY_SECRET_PREVIOUS = previous ?? ''
  // They read it again when the database says that it was replaced.
  if (file) process.env.LATCHKEY_SECRET_FILE = file
}

export const newSecret = (): string => randomBytes(32).toString('base64url')

/**
 * Writes secrets to their file so that it holds all of them or what it held before, whatever happens meanwhile. `isNew`: fails when the file
 * is there.
 */
export function writeSecrets(file: string, secrets: readonly string[], { isNew = false } = {}): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const aside = `${file}.${process.pid}.new`
  try {
    const bytes = Buffer.from(`${secrets.join('\n')}\n`)
    const written = openSync(aside, 'w', 0o600)
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(written, bytes, at)
      fsyncSync(written)
    } finally {
      closeSync(written)
    }
    // A link does not take the place of what is there.
    if (isNew) linkNew(aside, file)
    else renameSync(aside, file)
    const folder = openSync(path.dirname(file), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } finally {
    if (existsSync(aside)) rmSync(aside, { force: true })
  }
}

function linkNew(from: string, to: string) {
  try {
    linkSync(from, to)
  } catch (error) {
    // Some file systems have no links.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(to)) throw error
    renameSync(from, to)
  }
}

/** Why a secret is too easy to guess, as the end of a sentence; null when it is not. */
export function weaknessOf(secret: string): string | null {
  if (secret.length < CHARACTERS_MIN)
    return `is too short: it has ${secret.length} characters and needs ${CHARACTERS_MIN}`
  const characters = [...secret.toLowerCase()]
  if (new Set(characters).size < 8) return 'repeats a few characters'
  // "abcabcabc…", whole or cut off.
  for (let period = 1; period <= secret.length / 2; period++)
    if (secret.slice(period) === secret.slice(0, -period)) return 'repeats itself'
  const steps = characters.slice(1).map((each, i) => (each.codePointAt(0) ?? 0) - (characters[i]?.codePointAt(0) ?? 0))
  // Of random characters about a fifth are neighbors: half of them would now and then be.
  if (steps.filter((step) => Math.abs(step) <= 1).length > steps.length * 0.7)
    return 'is a row of neighbors, like 0123456789'
  if (EXAMPLE.test(secret)) return 'is an example'
  return null
}

/** What people leave in place of a secret. */
const EXAMPLE =
  /change.?me|replace.?(me|this)|your.?(master.?)?secret|example|placeholder|at.?least.?32|password|s3cr3t|secret.*secret/i
