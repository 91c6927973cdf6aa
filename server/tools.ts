// Running the command-line programs of installed packages: no shell, no npx, the same Node as ours.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from './environment.ts'
import { onStop } from './lifecycle.ts'

const require = createRequire(import.meta.url)

/** The JavaScript file behind a package's command. */
export function program(name: string): string {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> }
  const file = typeof bin === 'string' ? bin : (bin[name.replace(/^@[^/]+\//, '')] ?? Object.values(bin)[0])
  if (!file) throw new Error(`${name} has no command.`)
  return path.join(path.dirname(manifest), file)
}

type Options = {
  env?: Record<string, string | undefined>
  /** Keeps what it says until it fails. */
  quiet?: boolean
}

/** Runs a package's command while this process goes on with other work; ended when this process stops. */
export async function runToolBeside(name: string, args: string[], options: Options = {}): Promise<boolean> {
  const child = spawn(process.execPath, [program(name), ...args], {
    cwd: root,
    stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...options.env },
  })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => said.push(data))
  const ended = once(child, 'close')
  onStop(async () => {
    if (child.kill('SIGTERM')) await ended
  })
  const [code, signal] = await ended
  // Whoever ended it, as Ctrl-C does, need not be told what it said.
  if (code !== 0 && !signal) process.stderr.write(Buffer.concat(said))
  return code === 0
}

/** Runs a package's command to its end and returns whether it succeeded; `quiet` keeps what it says until it fails. */
export function runTool(name: string, args: string[], options: Options = {}): boolean {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program(name), ...args], {
    cwd: root,
    stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...options.env },
  })
  if (status !== 0 && options.quiet) process.stderr.write(`${stdout}${stderr}`)
  return status === 0
}
