import { apiUrl, onlyOf, single, whyOnly } from './quote.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from './schema.ts'

/** For Node and Electron; fetch is the same in browsers. */
export const javascript = (
  facts: SnippetFacts,
): string => `import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

const API = ${single(apiUrl(facts))}
const ORGANIZATION_ID = ${single(facts.organizationId)}
// ${whyOnly(facts)}
const ONLY = { ${onlyOf(facts).field}: ${single(onlyOf(facts).id)} }
const GRACE_DAYS = ${SNIPPET_GRACE_DAYS} // how long people may go on without an answer

// Electron: a file in app.getPath('userData'). Browser: the same three on localStorage.
const FILE = 'license.json'
const save = (license) => writeFileSync(FILE, JSON.stringify(license))
const forget = () => rmSync(FILE, { force: true })
function load() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'))
  } catch {
    return null
  }
}

/** The answer; null when there is none: no network, a timeout, some proxy's page. */
async function ask(call, fields) {
  try {
    const response = await fetch(\`\${API}/\${call}\`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ organization_id: ORGANIZATION_ID, ...fields }),
      signal: AbortSignal.timeout(5000),
    })
    return await response.json()
  } catch {
    return null
  }
}

/** When somebody enters their key. */
export async function activate(key) {
  // The fingerprint is whatever stays the same on a device; in a browser a stored crypto.randomUUID().
  const answer = await ask('activate', { key, label: hostname(), fingerprint: hostname() })
  // ACTIVATIONS_OFF: this key takes no devices, so it is validated without one.
  if (!['ACTIVATED', 'ACTIVATIONS_OFF'].includes(answer?.code))
    return { ok: false, why: answer?.detail ?? 'No answer. Check the connection and try again.' }
  save({ key, activation_id: answer.id ?? null, good_at: 0 })
  const result = await check()
  if (!result.ok) await deactivate()
  return result
}

/** At every start, and once a day: may this copy be used? */
export async function check() {
  const license = load()
  if (!license) return { ok: false, why: 'Enter a license key.' }
  const { key, activation_id, good_at } = license
  const now = Math.floor(Date.now() / 1000)
  const answer = await ask('validate', { key, activation_id, ...ONLY })
  if (typeof answer?.valid === 'boolean') {
    save({ ...license, good_at: answer.valid ? now : 0 })
    return { ok: answer.valid, why: answer.detail }
  }
  // Anything else, also 429 and 503, is no "no": go on with the last good answer.
  const ok = Math.abs(now - good_at) < GRACE_DAYS * 86400
  return { ok, why: ok ? 'No answer now, but a good one lately.' : 'Connect to the internet to check the license.' }
}

/** Frees this device's slot, for another computer. */
export async function deactivate() {
  const license = load()
  if (license?.activation_id) {
    const { key, activation_id } = license
    const answer = await ask('deactivate', { key, activation_id })
    if (!['DEACTIVATED', 'ACTIVATION_NOT_FOUND', 'NOT_FOUND', 'REPLACED'].includes(answer?.code))
      return { ok: false, why: answer?.detail ?? 'No answer. Check the connection and try again.' }
  }
  forget()
  return { ok: true, why: 'This device is free.' }
}

// Only to try it in a terminal.
const [command, key] = process.argv.slice(2)
const { ok, why } = await ({ activate, deactivate }[command] ?? check)(key)
console.log(ok ? 'yes:' : 'no:', why)
`
