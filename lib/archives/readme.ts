import type { Content } from './contents.ts'
import { columnsOf } from './contents.ts'

/** Whose archive it is, when it was taken, and how. */
export type About = {
  organizationId: string
  name: string
  host: string
  takenAt: Date
  hasKeyStrings: boolean
}

/** A file of it, and how many rows it has. */
export type Counted = Content & { rows: number }

const plainNumber = (count: number): string => count.toLocaleString('en')

/** What opens first: what is in the archive, and how to read it. */
export function readmeOf({ name, organizationId, host, takenAt, hasKeyStrings }: About, files: Counted[]): string {
  const lines = files.map(
    (each) => `- \`data/${each.file}.jsonl\` (${plainNumber(each.rows)}): ${each.about}${leftOut(each)}`,
  )
  return `# ${name.replace(/\s+/g, ' ')}

Everything that Latchkey at ${host} keeps of this organization, as it was at ${takenAt.toISOString()}: all files show the same
moment. Its id is \`${organizationId}\`.

Each file in \`data\` has one JSON object a line (JSON Lines, UTF-8). Fields are named as in Latchkey's database. Times are ISO 8601 in
UTC, ids are UUIDs; a field that ends in \`_id\` names the row with that \`id\` in another file. \`manifest.json\` says the same for
programs: every file with its fields and how many lines it has.

${
  hasKeyStrings
    ? 'License keys are in it **as whole strings** (`key`). Keep this file as you keep a password.'
    : 'License keys are masked (`masked_key`), and messages of stores, which may hold keys, are without their bodies.'
} \`conditions\`, \`meta\`, \`register\` and \`data\` are objects as they were sent or kept. What stores sent is in
\`store-deliveries\`, with its body as text (\`body\`), or in base 64 where it is none (\`body_base64\`).

## Files

${lines.join('\n')}

## What is not in it

Passwords, tokens, secrets of stores and webhooks, and what mails said, since it may be a key or a way in. What people have of their
own: their accounts, sessions and passkeys. What is counted or computed from the rest.
`
}

function leftOut({ left = {} }: Content): string {
  const names = Object.keys(left)
  return names.length > 0 ? `. Without ${names.map((name) => `\`${name}\``).join(', ')}` : ''
}

/** The names of a line's fields, in their order. */
export function fieldsOf(content: Content, hasKeyStrings: boolean): string[] {
  const more = content.more?.columns.split(/\s*,\s*/).map((each) => each.replace(/^\w+\./, '')) ?? []
  const opened = content.opened?.as === 'key' ? [hasKeyStrings ? 'key' : 'masked_key'] : content.opened ? ['body'] : []
  return [...columnsOf(content), ...more, ...opened]
}

/** The same for programs. */
export const manifestOf = (about: About, files: Counted[]): string =>
  `${JSON.stringify(
    {
      format: 'latchkey-archive',
      version: 1,
      organization_id: about.organizationId,
      name: about.name,
      host: about.host,
      taken_at: about.takenAt.toISOString(),
      has_key_strings: about.hasKeyStrings,
      files: files.map((each) => ({
        path: `data/${each.file}.jsonl`,
        about: each.about,
        rows: each.rows,
        fields: fieldsOf(each, about.hasKeyStrings),
        left_out: each.left ?? {},
      })),
    },
    null,
    2,
  )}\n`
