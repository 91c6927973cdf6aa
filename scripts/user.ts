// npm run user: the members, and a way back in for one who lost their password. Works beside a running server.
import { createInterface } from 'node:readline/promises'
import { parseArgs, styleText } from 'node:util'
import type { System } from '#lib/base/actor.ts'
import { generate } from '../server/build.ts'
import { openDatabase } from '../server/database/open.ts'
import { type Environment, loadEnvironment } from '../server/environment.ts'
import { Halt, run } from '../server/lifecycle.ts'

const usage = `npm run user -- list
npm run user -- reset-password ADDRESS [--password]
npm run user -- end-two-step ADDRESS

  list              every member, with organizations, roles and when they were last seen
  reset-password    takes the password away, signs them out everywhere and prints a link that signs in once
  end-two-step      for whoever lost phone and recovery codes: signing in takes one step again; signs them out everywhere
  --password        asks for a new password instead (or reads one line of standard input)
`

const operator: System = { kind: 'system', name: 'Console' }

await run(async () => {
  const { positionals, values } = readArguments()
  const [command, address, ...more] = positionals
  if (values.help || command === undefined || more.length > 0) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  if (command === 'list' && address === undefined) return withDatabase(list)
  if (command === 'reset-password' && address !== undefined)
    return withDatabase((environment) => reset(environment, address, values.password ?? false))
  if (command === 'end-two-step' && address !== undefined) return withDatabase(() => endTwoStep(address))
  throw new Halt(usage)
})

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { password: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new Halt(`${(error as Error).message}\n\n${usage}`)
  }
}

async function withDatabase(command: (environment: Environment) => Promise<number>): Promise<number> {
  const environment = loadEnvironment('production')
  await openDatabase(environment)
  generate()
  const { pool, prisma } = await import('#lib/database/client.ts')
  try {
    return await command(environment)
  } catch (error) {
    // Tables of an older version: the server's start brings them up to date, not a command for emergencies.
    if ((error as { code?: string }).code === 'P2021' || (error as { code?: string }).code === 'P2022')
      throw new Halt('The database is of another version. Run npm run db:migrate, or start Latchkey once.')
    throw error
  } finally {
    await prisma.$disconnect()
    await pool.end()
  }
}

async function endTwoStep(address: string): Promise<number> {
  const [{ endTwoStepOf }, { isRefusal }, { emailToFind }] = await Promise.all([
    import('#lib/auth/two-step.ts'),
    import('#lib/base/errors.ts'),
    import('#lib/base/text.ts'),
  ])
  const email = emailToFind(address)
  try {
    await endTwoStepOf(operator, email, new Date())
  } catch (error) {
    if (isRefusal(error)) throw new Halt(`Nobody has an account with ${email}. npm run user -- list shows who has.`)
    throw error
  }
  console.log(`Signing in as ${email} takes one step again. They are signed out everywhere and told by mail.`)
  return 0
}

async function list(): Promise<number> {
  const { listAccounts } = await import('#lib/auth/account.ts')
  const accounts = await listAccounts(operator)
  if (accounts.length === 0) console.log('There are no members yet. Start Latchkey and open the set-up link it prints.')
  const width = Math.max(0, ...accounts.map(({ email }) => email.length))
  for (const { email, name, passwordHash, memberships, sessions } of accounts) {
    const roles = memberships.map(({ role, organization }) => `${organization.slug} (${role})`).join(', ')
    const seen = sessions[0]
      ? `last seen ${sessions[0].lastSeenAt.toISOString().slice(0, 16).replace('T', ' ')}`
      : 'not signed in'
    console.log([email.padEnd(width), name ?? '–', roles, seen, ...(passwordHash ? [] : ['no password'])].join('  '))
  }
  return 0
}

async function reset(
  { url: origin, urlIsGiven }: Environment,
  given: string,
  asksForPassword: boolean,
): Promise<number> {
  const [{ resetPassword, setPassword }, { EmailAddress, NewPassword }, { linkLifetimeMinutes }, { isRefusal }] =
    await Promise.all([
      import('#lib/auth/account.ts'),
      import('#lib/auth/schema.ts'),
      import('#lib/mail/plain.ts'),
      import('#lib/base/errors.ts'),
    ])
  const address = EmailAddress.safeParse(given)
  if (!address.success) throw new Halt(`"${given}" is not an e-mail address.`)
  try {
    if (asksForPassword) {
      const password = NewPassword.safeParse(await readPassword(address.data))
      if (!password.success) throw new Halt(`Nothing was changed. ${password.error.issues[0]?.message}`)
      await setPassword(operator, address.data, password.data, new Date())
      console.log(`The password of ${address.data} is changed, and they are signed out everywhere.`)
      return 0
    }
    const { url } = await resetPassword(operator, address.data, new Date())
    console.log(`${address.data} no longer has a password and is signed out everywhere.`)
    console.log(
      `This link signs them in once, within ${linkLifetimeMinutes} minutes, and leads to where a new one is set:\n`,
    )
    console.log(styleText('bold', url))
    // What the server was started with is not known here.
    if (!urlIsGiven)
      console.log(
        `\nNo LATCHKEY_URL is set, so it begins with ${origin}. Put in the address of your server where that is another.`,
      )
    return 0
  } catch (error) {
    if (isRefusal(error) && error.code === 'NOT_FOUND')
      throw new Halt(`Nobody has an account with ${address.data}. npm run user -- list shows who has.`)
    if (isRefusal(error)) throw new Halt(`Nothing was changed. ${error.message}`)
    throw error
  }
}

/** One line, not shown while it is typed. */
async function readPassword(address: string): Promise<string> {
  const isTyped = process.stdin.isTTY === true
  if (isTyped) process.stdout.write(`New password for ${address}: `)
  const lines = createInterface({ input: process.stdin, terminal: isTyped, ...(isTyped && { output: undefined }) })
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
    if (isTyped) process.stdout.write('\n')
  }
}
