// Adds to package-lock.json the optional platform packages (macOS, Windows, ...) that the registry in use does not offer.
// Without them `npm ci` refuses the lock file everywhere. Run after every `npm install` that changes the lock file.
import { readFileSync, writeFileSync } from 'node:fs'

type Package = {
  version?: string
  os?: string[]
  cpu?: string[]
  dev?: boolean
  optional?: boolean
  optionalDependencies?: Record<string, string>
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Package> }
const packages = lock.packages

/** Node's own resolution: a package is found in the node_modules of its parent folders. */
function isLocked(from: string, name: string): boolean {
  for (let dir = from; ; dir = dir.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (packages[`${dir ? `${dir}/` : ''}node_modules/${name}`]) return true
    if (!dir) return false
  }
}

const OS: Record<string, string> = Object.fromEntries(
  'darwin win32 linux android freebsd netbsd openbsd sunos aix openharmony'.split(' ').map((name) => [name, name]),
)
Object.assign(OS, { macos: 'darwin', fsevents: 'darwin', windows: 'win32', linuxmusl: 'linux' })
const CPU: Record<string, string> = Object.fromEntries(
  'arm64 x64 ia32 arm ppc64 s390x riscv64 loong64 mips64el wasm32'.split(' ').map((name) => [name, name]),
)
Object.assign(CPU, { ppc64le: 'ppc64' })

let added = 0
for (const [at, pkg] of Object.entries({ ...packages })) {
  for (const [name, range] of Object.entries(pkg.optionalDependencies ?? {})) {
    if (isLocked(at, name)) continue
    const words = name.split(/[/-]/)
    const os = words.map((word) => OS[word]).find(Boolean)
    const cpu = words.map((word) => CPU[word]).find(Boolean)
    if (!os && !cpu)
      throw new Error(`Cannot tell the platform of ${name}; add it to the tables in scripts/complete-lock.ts.`)
    const version = range.replace(/^[\^~]|^>=/, '')
    if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) throw new Error(`Cannot pin ${name}@${range}.`)
    packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(pkg.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
    }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
console.log(`Added ${added} platform packages to package-lock.json.`)
