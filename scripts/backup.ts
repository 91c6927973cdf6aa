// npm run backup [-- FILE]: everything in the database, as it is at this moment, while Latchkey runs. The secret is not in it.
import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { createZstdCompress } from 'node:zlib'
import manifest from '../package.json' with { type: 'json' }
import { openDatabase } from '../server/database/open.ts'
import { type Environment, loadEnvironment } from '../server/environment.ts'
import { Halt, onStop, run } from '../server/lifecycle.ts'
import { writeSecrets } from '../server/secret.ts'
import { type BackupSummary, checking, connect, dump, openBackup, readBackup } from './backup-file.ts'

const usage = `npm run backup -- [FILE] [--with-secret FILE]

  FILE                 a new file; without one, latchkey-<time>.backup in this folder
  --with-secret FILE   writes the master secret to a file of its own, readable only by you: keep the two apart`

// npm changes into the project's folder; people name files from where they are.
const folder = process.env.INIT_CWD ?? process.cwd()

const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`

await run(async () => {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'with-secret': { type: 'string' }, help: { type: 'boolean' } },
  })
  if (options.help || positionals.length > 1) {
    console.log(usage)
    return options.help ? 0 : 1
  }
  const now = new Date()
  const file = newFile(positionals[0] ?? `latchkey-${now.toISOString().slice(0, 19).replace(/[:T]/g, '-')}.backup`)
  const secretFile = options['with-secret'] ? newFile(options['with-secret']) : null
  const environment = loadEnvironment('production')
  const secrets = secretFile ? secretsOf(environment) : []
  const { url } = await openDatabase(environment)
  const { rows, bytes } = await backUp(url, file, now)
  const count = Object.values(rows).reduce((sum, each) => sum + each, 0)
  const size = statSync(file).size
  console.log(
    `${file}\n${count.toLocaleString('en-US')} rows of ${Object.keys(rows).length} tables, ${rows.license_keys?.toLocaleString('en-US') ?? 0} license keys; ${megabytes(size)} of ${megabytes(bytes)}. Read back and checked.`,
  )
  if (secretFile) {
    writeSecrets(secretFile, secrets, { isNew: true })
    console.log(`${secretFile}\nThe master secret. Keep it apart from the backup: together they open every key.`)
  } else
    console.log('The master secret is not in it, and without it no key can be read: keep that too, somewhere else.')
  return 0
})

function secretsOf({ secrets }: Environment): string[] {
  if (secrets.are === 'there') return secrets.secrets
  throw new Halt(secrets.are === 'missing' ? `There is no master secret: ${secrets.source}.` : secrets.problem)
}

function newFile(name: string): string {
  const file = path.resolve(folder, name)
  if (existsSync(file)) throw new Halt(`${file} exists already; choose another name.`)
  if (!existsSync(path.dirname(file))) throw new Halt(`There is no folder ${path.dirname(file)}.`)
  return file
}

/** Writes a backup of the database at `url` to `file`, whole or not at all, and reads it again to be sure. */
async function backUp(url: string, file: string, now: Date): Promise<BackupSummary> {
  const unfinished = `${file}.unfinished`
  const forget = () => rmSync(unfinished, { force: true })
  onStop(forget)
  forget()
  try {
    const client = await connect(url)
    let written: Record<string, number> = {}
    try {
      const bytes = dump(client, { now, latchkey: manifest.version }, (rows) => {
        written = rows
      })
      const onDisk = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true })
      await pipeline(bytes, createZstdCompress(), onDisk)
    } finally {
      await client.end()
    }
    const summary = await readBackup(openBackup(unfinished), checking)
    if (JSON.stringify(summary.rows) !== JSON.stringify(written))
      throw new Halt('What was written is not what was read.')
    renameSync(unfinished, file)
    fsyncFolder(path.dirname(file))
    return summary
  } catch (error) {
    forget()
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw new Halt('The disk is full: no backup was written.')
    if (code === 'EACCES' || code === 'EROFS') throw new Halt(`The backup cannot be written: ${message}`)
    throw error
  }
}

function fsyncFolder(at: string) {
  if (process.platform === 'win32') return
  const handle = openSync(at, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
