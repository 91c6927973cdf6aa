import { apiUrl, onlyOf, shell, single } from './quote.ts'
import type { SnippetBlock, SnippetFacts } from './schema.ts'

// No key is typed: the program shows a code, and its customer approves it in a browser.

/** The two calls, one command each. */
export function curlApproval(facts: SnippetFacts): SnippetBlock[] {
  const only = onlyOf(facts)
  return [
    {
      title: 'Ask for a key without one',
      grammar: 'bash',
      code: `curl ${shell(`${apiUrl(facts)}/device-code`)} --max-time 5 -H 'Content-Type: application/json' -d @- <<JSON
{
  "organization_id": "${facts.organizationId}",
  "${only.field}": "${only.id}",
  "label": "$(hostname)",
  "fingerprint": "$(hostname)"
}
JSON`,
    },
    {
      title: 'Ask whether somebody approved it',
      grammar: 'bash',
      code: `DEVICE_CODE='the device_code of that answer'
curl ${shell(`${apiUrl(facts)}/device-token`)} --max-time 5 -H 'Content-Type: application/json' \\
  -d "{\\"device_code\\": \\"$DEVICE_CODE\\"}"`,
    },
  ]
}

/** A program that keeps the key as the one beside it does. */
export const javascriptApproval = (facts: SnippetFacts): SnippetBlock => ({
  title: 'Without typing a key: approve.mjs',
  ...{ file: 'approve.mjs', grammar: 'javascript' },
  code: `import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

const API = ${single(apiUrl(facts))}
const DEVICE = {
  organization_id: ${single(facts.organizationId)},
  ${onlyOf(facts).field}: ${single(onlyOf(facts).id)},
  label: hostname(),
  fingerprint: hostname(),
}

/** The answer; null when there is none. */
async function ask(call, fields) {
  try {
    const response = await fetch(\`\${API}/\${call}\`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(fields),
      signal: AbortSignal.timeout(5000),
    })
    return await response.json()
  } catch {
    return null
  }
}

const code = await ask('device-code', DEVICE)
if (!code?.device_code) throw new Error(code?.detail ?? 'No answer. Check the connection and try again.')
// Show both; an app also opens verification_uri_complete in the browser.
console.log(\`Open \${code.verification_uri} and type \${code.user_code}\`)

let { interval } = code
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, interval * 1000))
  const answer = await ask('device-token', { device_code: code.device_code })
  if (answer?.license_key) {
    // license.mjs goes on with it.
    const license = { key: answer.license_key.key, activation_id: answer.id, good_at: 0 }
    writeFileSync('license.json', JSON.stringify(license))
    console.log(\`Activated as \${answer.label}\`)
    break
  }
  interval = answer?.interval ?? answer?.retry_after ?? interval
  if (['access_denied', 'expired_token'].includes(answer?.error)) throw new Error(answer.detail)
}
`,
})
