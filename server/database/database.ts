// A real PostgreSQL with no set-up, kept in a folder and reached over a socket in it, or over loopback.
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import { totalmem } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findPostgres, isReachable, type Owner, ownerOf } from './postgres-binaries.ts'

/** A running database, and how to end it. */
export type Database = { url: string; stop: () => void }

const isRoot = process.getuid?.() === 0

/** So much of what PostgreSQL says is kept, and once as much of what it said before. */
const LOG_BYTES_MAX = 10 * 1024 * 1024
const LOG_LOOK_MS = 30_000

/** A sixteenth of the machine's memory, within reason: the keys in use and their indexes should fit. */
const sharedBuffersMb = () => Math.min(1_024, Math.max(128, Math.floor(totalmem() / 2 ** 20 / 16)))

/** Starts PostgreSQL with its data under `home`, or joins the one that already runs there; `fast` gives up durability, for tests. */
export async function startDatabase({ home = '.data', name = 'latchkey', fast = false } = {}): Promise<Database> {
  const place = layout(home)
  mkdirSync(place.home, { recursive: true })
  if (isRoot) chmodSync(place.home, statSync(place.home).mode | 0o011) // only to pass through: what is in it keeps its own modes
  const native = findPostgres(place.home)
  const owner = ownerOf(place.data)
  const give = (file: string) => giveTo(owner, file)
  const executable = (command: string) =>
    path.join(native, 'bin', process.platform === 'win32' ? `${command}.exe` : command)
  const run = (command: string, args: string[]) =>
    spawnSync(executable(command), args, { ...owner, encoding: 'utf8', cwd: place.home })

  if (!existsSync(place.data)) initialise()
  checkVersion()

  let reviving = false
  const password = readFileSync(place.password, 'utf8')
  const { client, at } = await connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (!found.rowCount) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }

  // Every process that uses the server leaves its number here; the last one to go stops it.
  const mine = path.join(place.users, String(process.pid))
  mkdirSync(place.users, { recursive: true })
  writeFileSync(mine, '')
  const watch = setInterval(() => void revive(), 1_000).unref()
  const logWatch = setInterval(() => boundLog(place.log, owner), LOG_LOOK_MS).unref()
  return {
    url: urlOf(at, name),
    stop: () => {
      clearInterval(watch)
      clearInterval(logWatch)
      rmSync(mine, { force: true })
      const inUse = readdirSync(place.users).some((pid) => isAlive(Number(pid)))
      if (!inUse) run('pg_ctl', ['-D', place.data, '-m', 'fast', '-w', 'stop'])
    },
  }

  /** A server that was killed comes back at the same address, so that pools find it again. */
  async function revive() {
    if (reviving || commandOf(readNumber(place.pid))?.includes(place.data) !== false) return
    reviving = true
    try {
      console.error('PostgreSQL is gone; starting it again.')
      removeStale()
      await start(at.port)
    } catch (error) {
      console.error((error as Error).message)
    } finally {
      reviving = false
    }
  }

  /** Filled aside and moved into place whole, so that an interrupted or a parallel first start leaves nothing half made. */
  function initialise() {
    const unfinished = `${place.root}.${process.pid}`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { mode: 0o711 })
    const data = path.join(unfinished, 'data')
    const pwfile = path.join(unfinished, 'password')
    mkdirSync(data, { mode: 0o700 })
    writeFileSync(pwfile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    give(data)
    give(pwfile)
    const made = run('initdb', [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${pwfile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--set=timezone=UTC', // initdb would take the host's zone
      '--no-instructions',
      ...(fast ? ['--no-sync'] : []),
    ])
    if (made.status !== 0) {
      rmSync(unfinished, { recursive: true, force: true })
      throw new Error(`The database folder could not be made: ${made.error?.message ?? made.stderr}`)
    }
    try {
      renameSync(unfinished, place.root)
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true })
      if (!existsSync(place.data)) throw error
    }
  }

  function checkVersion() {
    const data = readFileSync(path.join(place.data, 'PG_VERSION'), 'utf8').trim()
    const program = /(\d+)/.exec(run('postgres', ['--version']).stdout)?.[1]
    if (program && data !== program)
      throw new Error(
        `The data in ${place.data} was written by PostgreSQL ${data}, this Latchkey brings ${program}. Dump it with the old version and restore it into an empty folder.`,
      )
  }

  async function connect() {
    const deadline = Date.now() + 60_000
    for (let attempt = 1; ; attempt++) {
      try {
        if (run('pg_ctl', ['-D', place.data, 'status']).status !== 0 || removeStale()) await start()
        // One that an older Latchkey started may have no socket.
        const [, , , port = '', sockets = ''] = readFileSync(place.pid, 'utf8').split('\n')
        const at = { port, sockets }
        const client = new pg.Client({ connectionString: urlOf(at, 'postgres') })
        await client.connect()
        return { client, at }
      } catch (error) {
        // Just killed, still starting or recovering, or another process was quicker to take the port or the folder.
        if (Date.now() > deadline || (error instanceof StartFailed && attempt > 20)) throw error
        const code = (error as NodeJS.ErrnoException).code ?? ''
        if (!(error instanceof StartFailed) && !['ECONNREFUSED', 'ECONNRESET', '57P03', 'ENOENT'].includes(code))
          throw error
        await sleep(250)
      }
    }
  }

  async function start(port?: string) {
    closeSync(openSync(place.log, 'a', 0o600))
    give(place.log)
    boundLog(place.log, owner)
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories='${makeSockets() ?? ''}'`,
      'unix_socket_permissions=0700',
      'max_connections=200',
      `shared_buffers=${sharedBuffersMb()}MB`,
      // The first change of a page after a checkpoint writes all of it: with many keys in use that is most of the work, so not too often.
      'checkpoint_timeout=15min',
      'max_wal_size=2GB',
      ...(fast ? ['fsync=off', 'full_page_writes=off'] : []),
    ]
    const options = `-p ${port ?? (await freePort())} ${settings.map((setting) => `-c ${setting}`).join(' ')}`
    // stdio is ignored because the server would keep a pipe open for ever.
    const args = ['-D', place.data, '-l', place.log, '-w', '-t', '60', '-o', options, 'start']
    const server = spawn(executable('pg_ctl'), args, { ...owner, stdio: 'ignore', cwd: place.home })
    const [status] = (await once(server, 'exit')) as [number | null]
    if (status !== 0) throw new StartFailed(`PostgreSQL did not start: ${readFileSync(place.log, 'utf8').slice(-2000)}`)
  }

  /** After a crash of the machine the number in postmaster.pid may belong to another program, which PostgreSQL takes for itself. */
  function removeStale(): boolean {
    const command = commandOf(readNumber(place.pid))
    if (command === undefined || command.includes(place.data)) return false
    rmSync(place.pid, { force: true })
    return true
  }

  /** The folder for the socket; null where there can be none. A question and its answer cost a quarter less over it than over loopback. */
  function makeSockets(): string | null {
    if (process.platform === 'win32' || !canHoldSocket(place.sockets)) return null
    mkdirSync(place.sockets, { recursive: true, mode: 0o700 })
    give(place.sockets)
    // PostgreSQL takes one that was killed and that nobody has buried yet for one that runs.
    for (const name of readdirSync(place.sockets).filter((each) => each.endsWith('.lock'))) {
      const lock = path.join(place.sockets, name)
      if (commandOf(readNumber(lock))?.includes(place.data) === false) rmSync(lock, { force: true })
    }
    return place.sockets
  }

  function urlOf({ port, sockets }: { port: string; sockets: string }, database: string) {
    const url = `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
    return sockets ? `${url}?host=${encodeURIComponent(sockets)}` : url
  }
}

/** The system takes about 104 bytes for the path of a socket, and pg_ctl hands the folder to a shell. */
export const canHoldSocket = (folder: string): boolean =>
  Buffer.byteLength(path.join(folder, '.s.PGSQL.65535')) <= 100 && /^[\w./-]+$/.test(folder)

class StartFailed extends Error {}

/** As root in a clone under a private home folder, the user PostgreSQL runs as cannot get there: the data then lives in /var/lib. */
function layout(wanted: string) {
  let home = path.resolve(wanted)
  if (!isReachable(path.dirname(home)))
    home = path.join('/var/lib', `latchkey-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`)
  const root = path.join(home, 'postgres')
  const data = path.join(root, 'data')
  return {
    home,
    root,
    data,
    pid: path.join(data, 'postmaster.pid'),
    log: path.join(root, 'log'),
    password: path.join(root, 'password'),
    users: path.join(root, 'users'),
    sockets: path.join(root, 'sockets'),
  }
}

function giveTo({ uid, gid }: Owner, file: string) {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid)
}

/**
 * Keeps the log of PostgreSQL to itself, since it names addresses, statements and values, and its size within bounds: PostgreSQL goes on
 * writing to the same file, so what is in it is moved, not the file.
 */
export function boundLog(log: string, owner: Owner = {}, maxBytes = LOG_BYTES_MAX) {
  try {
    chmodSync(log, 0o600)
    if (statSync(log).size <= maxBytes) return
    const before = `${log}.before`
    rmSync(before, { force: true })
    writeFileSync(before, lastBytes(log, maxBytes), { mode: 0o600 })
    giveTo(owner, before)
    truncateSync(log)
  } catch {
    // Another process of ours was quicker, or the disk is full: the next look does it.
  }
}

function lastBytes(file: string, bytes: number): Buffer {
  const handle = openSync(file, 'r')
  try {
    const size = fstatSync(handle).size
    const kept = Buffer.alloc(Math.min(size, bytes))
    const read = readSync(handle, kept, 0, kept.length, size - kept.length)
    return kept.subarray(0, read)
  } finally {
    closeSync(handle)
  }
}

function readNumber(file: string): number {
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0
}

function isAlive(pid: number): boolean {
  if (!pid || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** What a process was started as; undefined when this system does not tell. */
function commandOf(pid: number): string | undefined {
  if (!pid || process.platform === 'win32') return undefined
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
