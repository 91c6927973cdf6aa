// Prisma's client and Next's build, made only when their sources have changed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { root } from './environment.ts'
import { Halt } from './lifecycle.ts'
import { runTool } from './tools.ts'

/** Makes prisma/generated from the schema. */
export function generate() {
  unlessUnchanged('prisma/generated/source-hash', ['prisma/schema.prisma', 'node_modules/prisma/package.json'], () => {
    // Prisma wants to download its schema engine even for this, which does not use it: any program will do.
    const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' }
    if (!runTool('prisma', ['generate'], { env, quiet: true })) throw new Halt('prisma generate failed.')
  })
}

/** Makes .next for production. */
export function build() {
  generate()
  const sources = [
    ...['app', 'components', 'lib', 'prisma/schema.prisma', 'instrumentation.ts', 'proxy.ts'],
    ...['next.config.js', 'package.json', 'package-lock.json', 'tsconfig.json'],
  ]
  unlessUnchanged('.next/source-hash', sources, () => {
    console.log('Building the pages (once, until their sources change).')
    forgetDevelopmentRoutes()
    // The type check remembers errors of files that did not change, also when a new page has made their links right.
    rmSync(path.join(root, '.next/cache/.tsbuildinfo'), { force: true })
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
    if (!runTool('next', ['build'], { env, quiet: true })) throw new Halt('next build failed.')
    pack(path.join(root, '.next/static'))
  })
}

/** Packs scripts and styles as tightly as can be, once: a fifth smaller than what a server packs while somebody waits. */
function pack(folder: string) {
  for (const { name, parentPath } of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(parentPath, name)
    if (/\.(js|css)$/.test(name) && !existsSync(`${file}.br`))
      writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)))
  }
}

/** `next dev` leaves types of routes that may be gone since; they fail the type check. */
export const forgetDevelopmentRoutes = () =>
  rmSync(path.join(root, '.next/dev/types'), { recursive: true, force: true })

function unlessUnchanged(stamp: string, sources: string[], make: () => void) {
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
  if (existsSync(file) && readFileSync(file, 'utf8') === digest) return
  rmSync(file, { force: true })
  make()
  writeFileSync(file, digest)
}
