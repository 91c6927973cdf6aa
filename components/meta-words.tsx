import type { Json, JsonObject } from '#lib/base/json.ts'

// What software commonly says of a device reads well without its name, in this order; the rest is shown as "name: value".
const known = ['os', 'platform', 'app', 'app_version', 'version', 'ip', 'address'] as const
const versions = new Set(['app_version', 'version'])

const text = (value: Json): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** A small JSON object in words: "macOS 27 · version 4.2 · cpu: arm64". */
export function MetaWords({ value }: { value: JsonObject }) {
  const first = known.filter((name) => value[name] !== undefined && value[name] !== null && value[name] !== '')
  const rest = Object.keys(value).filter((name) => !(known as readonly string[]).includes(name))
  const words = [
    ...first.map((name) => (versions.has(name) ? `version ${text(value[name] as Json)}` : text(value[name] as Json))),
    ...rest.map((name) => `${name}: ${text(value[name] as Json)}`),
  ]
  return <>{words.join(' · ')}</>
}
