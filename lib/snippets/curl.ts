import { apiUrl, onlyOf, shell } from './quote.ts'
import type { SnippetBlock, SnippetFacts } from './schema.ts'

/** The three calls, one command each. */
export function curl(facts: SnippetFacts): SnippetBlock[] {
  const only = onlyOf(facts)
  const call = (title: string, verb: string, before: string, fields: string[]): SnippetBlock => ({
    title,
    grammar: 'bash',
    code: `${before}curl ${shell(`${apiUrl(facts)}/${verb}`)} --max-time 5 -H 'Content-Type: application/json' -d @- <<JSON
{
  ${['"key": "$KEY"', `"organization_id": "${facts.organizationId}"`, ...fields].join(',\n  ')}
}
JSON`,
  })
  return [
    call('Activate a device', 'activate', `KEY=${shell(facts.sampleKey)}\n`, [
      '"label": "$(hostname)"',
      '"fingerprint": "$(hostname)"',
    ]),
    call('Validate the key on it', 'validate', "ACTIVATION_ID='the id of that answer'\n", [
      '"activation_id": "$ACTIVATION_ID"',
      `"${only.field}": "${only.id}"`,
    ]),
    call('Deactivate the device', 'deactivate', '', ['"activation_id": "$ACTIVATION_ID"']),
  ]
}
