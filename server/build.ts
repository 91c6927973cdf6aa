// Prisma's client and Next's build, made only when their sources have changed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { root } from './environment.ts'
import { Halt } from './lifecycle.ts'
import { runTool, runToolBeside } from './tools.ts'

/** Makes prisma/generated from the schema. */
export function generate() {
  const stamp = newStamp('prisma/generated/source-hash', ['prisma/schema.prisma', 'node_modules/prisma/package.json'])
  if (!stamp) return
  // Prisma wants to download its schema engine even for this, which does not use it: any program will do.
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' }
  if (!runTool('prisma', ['generate'], { env, quiet: true })) throw new Halt('prisma generate failed.')
  stamp()
}

/** Makes .next for production, in a process of its own: the caller may go on with other work. */
export async function build() {
  generate()
  const sources = [
    ...['app', 'components', 'lib', 'prisma/schema.prisma', 'instrumentation.ts', 'proxy.ts'],
    ...['next.config.js', 'package.json', 'package-lock.json', 'tsconfig.json'],
  ]
  const stamp = newStamp('.next/source-hash', sources)
  if (!stamp) return
  console.log('Building the pages (once, until their sources change).')
  forgetDevelopmentRoutes()
  // One build serves every installation, so none of this one's settings may get into it, and no page may need them.
  const env = {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    LATCHKEY_SECRET: 'only-while-building-only-while-building',
    LATCHKEY_URL: undefined,
    LATCHKEY_DEMO: undefined,
    NEXTAUTH_URL: undefined,
    SMTP_URL: undefined,
  }
  const shown = showSeconds('Building the pages')
  try {
    if (!(await runToolBeside('next', ['build'], { env, quiet: true }))) throw new Halt('next build failed.')
    await pack(path.join(root, '.next/static'))
  } finally {
    shown.end()
  }
  stamp()
}

/** A line that says how long something has taken, and moves; in a file or a pipe it is a new line now and then. */
function showSeconds(what: string): { end: () => void } {
  const began = performance.now()
  const { isTTY } = process.stdout
  const timer = setInterval(
    () => {
      const seconds = Math.round((performance.now() - began) / 1_000)
      // What others print in the meantime begins where this line does.
      process.stdout.write(isTTY ? `${what}: ${seconds} s\r` : `${what}: ${seconds} s\n`)
    },
    isTTY ? 1_000 : 15_000,
  )
  const clear = () => isTTY && process.stdout.write('\x1b[2K')
  return {
    end() {
      clearInterval(timer)
      clear()
    },
  }
}

const brotli = promisify(brotliCompress)

/** Packs scripts and styles as tightly as can be, once: a fifth smaller than what a server packs while somebody waits. */
async function pack(folder: string) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(({ name }) => /\.(js|css)$/.test(name))
    .map(({ name, parentPath }) => path.join(parentPath, name))
    .filter((file) => !existsSync(`${file}.br`))
  await Promise.all(files.map(async (file) => writeFileSync(`${file}.br`, await brotli(readFileSync(file)))))
}

/** `next dev` leaves types of routes that may be gone since; they fail the type check. */
export const forgetDevelopmentRoutes = () =>
  rmSync(path.join(root, '.next/dev/types'), { recursive: true, force: true })

/** Null when `stamp` says that nothing has changed since; else what writes it anew when the work is done. */
function newStamp(stamp: string, sources: string[]): (() => void) | null {
  const hash = createHash('sha256').update(process.version)
  const add = (file: string) => {
    const at = path.join(root, file)
    if (!existsSync(at)) return
    if (statSync(at).isDirectory()) for (const name of readdirSync(at).sort()) add(path.join(file, name))
    else if (!/\.test\.tsx?$|\.md$/.test(file)) hash.update(file).update(readFileSync(at))
  }
  sources.forEach(add)
  const digest = hash.digest('hex')
  const file = path.join(root, stamp)
  if (existsSync(file) && readFileSync(file, 'utf8') === digest) return null
  rmSync(file, { force: true })
  return () => writeFileSync(file, digest)
}
