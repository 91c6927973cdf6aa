import Link from 'next/link'
import type { ReactNode } from 'react'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { Words } from '#components/words.tsx'
import { apiVersions } from '#lib/api/endpoint.ts'
import { apiScopes } from '#lib/base/permissions.ts'
import * as paths from '#lib/web/paths.ts'
import { guideEntries } from './guide-entries.ts'

/** What holds for every call, in the order somebody needs it. */
export function Guide({ url }: { url: string }) {
  return (
    <>
      <Chapter
        id="authentication"
        code={`curl ${url}/api/v1/organization \\\n  -H "Authorization: Bearer $LATCHKEY_TOKEN"`}
      >
        <P>
          Programs of an organization send an API key as a bearer token. Owners and admins make them in the dashboard
          under **Settings → API keys**; the token is shown once. Without a valid one the answer is 401. Keep it on your
          servers: an app that you ship needs none, because the three license calls are public.
        </P>
        <P>
          {`A key has scopes: ${apiScopes.map((scope) => `\`${scope}\``).join(', ')}. Writing includes reading. Whole key strings are shown to a key with \`license_keys:reveal\`; every other one reads them masked. A call always shows what it has just created. The history records once an hour which strings a key has read. A call that needs another scope answers 403 and names it. Anything that belongs to another organization is treated as if it did not exist: 404.`}
        </P>
      </Chapter>
      <Chapter
        id="conventions"
        code={`{
  "id": "01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11",
  "state": "active",
  "expires_at": "2027-02-14T09:30:00.000Z"
}`}
      >
        <P>
          Everything is JSON with names in snake case. Ids are UUIDs, times are ISO 8601 in UTC. A field or parameter
          that a call does not know is refused (422), so that a misspelled limit is not taken for none. Bodies can be up
          to 1 MB. In a `PATCH`, what is left out stays as it is.
        </P>
      </Chapter>
      <Chapter
        id="paging"
        code={`curl '${url}/api/v1/license-keys?status=granted&sort=expires_at&limit=100' \\\n  -H "Authorization: Bearer $LATCHKEY_TOKEN"\n\n{ "data": [ … ], "next_cursor": "WyJleHBpcmVz…", "has_more": true }`}
      >
        <P>
          Lists return `data`, `has_more`, and `next_cursor`. Send that as `cursor`, with the same `sort` and filters,
          for the next page; it stays right while rows are added. `limit` is at most 100. `sort` names a field, with `-`
          in front for the latest or largest first. Where a filter takes several values, repeat it:
          `status=granted&status=disabled`. License keys come with what stands around them, whole and in one answer, by
          `expand[]=customer&expand[]=activations`.
        </P>
      </Chapter>
      <Chapter
        id="idempotency"
        code={`curl -X POST ${url}/api/v1/license-keys \\\n  -H "Authorization: Bearer $LATCHKEY_TOKEN" \\\n  -H 'Idempotency-Key: order-10482' \\\n  -H 'Content-Type: application/json' \\\n  -d '{ … }'`}
      >
        <P>
          A lost answer does not have to cost a second key. Send an `Idempotency-Key` of your choice, such as your order
          number, with any `POST`, `PATCH` or `DELETE`. For 24 hours the same request gets the first one’s status and
          body, with the header `Idempotent-Replayed: true`; another request with that key is refused. One that arrives
          while the first still runs waits for its answer. What failed on our side (5xx) can be sent again with the same
          key: it changes nothing twice.
        </P>
      </Chapter>
      <Chapter
        id="conditions"
        code={`ETag: "b1946ac92492d2347c6235b4d26"\n\ncurl -X PATCH ${url}/api/v1/license-keys/$ID \\\n  -H "Authorization: Bearer $LATCHKEY_TOKEN" \\\n  -H 'If-Match: "b1946ac92492d2347c6235b4d26"' \\\n  -d '{ "note": "Two more seats" }'`}
      >
        <P>
          A single thing comes with an `ETag`. Send it back as `If-Match` with a change, and the change is made only if
          nobody has changed the thing since: otherwise the answer is 412 `PRECONDITION_FAILED` with the `ETag` it has
          now, and nothing is changed. That is decided under the lock of the change, so of two at once only one is made.
          What software counts (validations, usage, activations) is no part of it.
        </P>
      </Chapter>
      <Chapter
        id="dry-run"
        code={`curl -X POST '${url}/api/v1/license-keys/batch?dry_run=true' \\\n  -H "Authorization: Bearer $LATCHKEY_TOKEN" \\\n  -d '{ … }'`}
      >
        <P>
          With `?dry_run=true` a write is carried out and taken back: the answer is the one it would have, with the
          header `Dry-Run: true`, and no row, event or mail stays. Ids of what would be made are not kept, and key
          strings are masked. Activating is the one call that has no dry run.
        </P>
      </Chapter>
      <Chapter
        id="metadata"
        code={`{ "metadata": { "crm_id": "4711", "seat": null } }\n\nGET ${url}/api/v1/license-keys?metadata[crm_id]=4711&tag=vip`}
      >
        <P>
          License keys, customers, purchases and products carry `metadata` of your own: at most 50 names of up to 40
          characters, with texts of up to 500. A `PATCH` merges: null or an empty text takes a name away. License keys
          also carry `tags`, at most 20 short words, which a `PATCH` replaces as a whole. Lists are narrowed by
          `metadata[name]=text` and `tag=word`. Client software and customers never see either. They are no place for
          secrets: every member sees them.
        </P>
      </Chapter>
      <Chapter id="versions" code={`Latchkey-Version: ${apiVersions.at(-1)}`}>
        <P>
          {`The API has versions, named by dates: ${apiVersions.join(', ')}. Send the one your program was written for as \`Latchkey-Version\`; an unknown one is refused (400) and nothing is done. Every answer names the version it follows. Without the header it is the newest. New fields and calls come without a new version.`}
        </P>
      </Chapter>
      <Chapter
        id="errors"
        code={`{
  "type": "${url}/docs/errors/INVALID_INPUT",
  "title": "Some fields are missing or wrong",
  "status": 422,
  "detail": "Some fields are missing or wrong; see errors.",
  "code": "INVALID_INPUT",
  "request_id": "01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11",
  "errors": [{ "path": "customer.email", "message": "Enter an e-mail address." }]
}`}
      >
        <P>
          Errors are `application/problem+json` (RFC 9457). `code` is for your program, `detail` for people, `errors`
          says which field is at fault, and `request_id`, which is also a header of every answer, finds the request in
          the server’s log.
        </P>
        <p>
          <Link href={paths.errorCodes()} prefetch={false} className="text-accent underline underline-offset-2">
            Every code, what happened and what to do
          </Link>
        </p>
      </Chapter>
      <Chapter id="rate-limits" code={'RateLimit-Limit: 600\nRateLimit-Remaining: 583\nRateLimit-Reset: 41'}>
        <P>
          Each API key has an allowance per minute; every answer says how much of it is left and in how many seconds it
          is full again. Beyond it the answer is 429 with `Retry-After`. Whoever runs this server sets it with
          `API_RATE_PER_MINUTE`.
        </P>
      </Chapter>
    </>
  )
}

type Part = (typeof guideEntries)[number]['id']

function Chapter({ id, code, children }: { id: Part; code: string; children: ReactNode }) {
  const title = guideEntries.find((entry) => entry.id === id)?.title
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="grid scroll-mt-12 grid-cols-1 gap-x-10 gap-y-4 border-line border-t py-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,440px)]"
    >
      <div className="grid min-w-0 max-w-[68ch] content-start gap-2 text-pretty">
        <h2 id={`${id}-title`} className="font-semibold text-md tracking-tight">
          {title}
        </h2>
        {children}
      </div>
      <CodeBlock code={code} className="self-start" />
    </section>
  )
}

/** A paragraph with `code` and **names** in it. */
function P({ children }: { children: string | string[] }) {
  const text = [children].flat().join('')
  return (
    <p>
      {text.split('**').map((part, at) =>
        at % 2 === 1 ? (
          <b key={part} className="font-medium">
            {part}
          </b>
        ) : (
          <Words key={part} text={part} />
        ),
      )}
    </p>
  )
}
