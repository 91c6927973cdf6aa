import type { ReactNode } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { apiScopes, scopeGroups } from '#lib/base/permissions.ts'
import type { ApiKeySummary } from '#lib/organizations/queries.ts'
import { RevokeButton } from './revoke-button.tsx'

/** One API key: what it is called and may do, when it was used, and whether it works. */
export function ApiKeyRow({ apiKey, organization, now }: { apiKey: ApiKeySummary; organization: string; now: Date }) {
  const { id, name, lastCharacters, scopes, lastUsedAt, expiresAt, revokedAt, createdAt, createdBy, maker } = apiKey
  return (
    <li className="@container border-line2 border-t px-3.5 py-3 first:border-t-0">
      <div className="grid gap-x-5 gap-y-2 @3xl:grid-cols-[minmax(0,6fr)_minmax(0,5fr)_7rem_7rem_5rem] @3xl:items-center">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium">
            <span className="min-w-0 break-words">{name}</span>
            {apiKey.void === 'revoked' && <Status tone="off" label="Revoked" />}
            {apiKey.void === 'expired' && <Status tone="bad" label="Expired" />}
            {apiKey.void === null && maker && <Status tone="warn" label={makerWords(maker)} />}
          </p>
          <p className="text-mute text-sm">
            <MaskedKey masked={`latchkey_••••${lastCharacters}`} /> · {createdBy}, <DateText value={createdAt} />
          </p>
        </div>
        <Scopes scopes={scopes} />
        <Fact name="Last used">{lastUsedAt ? <Time value={lastUsedAt} now={now} /> : 'Never'}</Fact>
        {revokedAt ? (
          <Fact name="Revoked">
            <Time value={revokedAt} now={now} />
          </Fact>
        ) : (
          <Fact name={apiKey.void === 'expired' ? 'Expired' : 'Expires'}>
            {expiresAt ? <DateText value={expiresAt} /> : 'Never'}
          </Fact>
        )}
        <div className="flex @3xl:justify-end">
          {apiKey.void !== 'revoked' && (
            <RevokeButton organization={organization} apiKeyId={id} name={name} lastUsedAt={lastUsedAt} now={now} />
          )}
        </div>
      </div>
    </li>
  )
}

const makerWords = (maker: NonNullable<ApiKeySummary['maker']>): string =>
  maker.state === 'left' ? 'Made by somebody who left' : `Made by somebody who is ${maker.role} now`

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <p className="@max-3xl:flex @max-3xl:items-baseline @max-3xl:gap-2">
      <span className="text-mute text-sm @3xl:block">{name}</span> <span>{children}</span>
    </p>
  )
}

function Scopes({ scopes }: { scopes: ApiKeySummary['scopes'] }) {
  if (scopes.length === apiScopes.length) return <p className="text-mute">Everything</p>
  return (
    <ul aria-label="Scopes" className="flex flex-wrap gap-1">
      {scopeGroups
        .map(({ label, read, write }) => ({
          label,
          may: write && scopes.includes(write) ? 'write' : read && scopes.includes(read) ? 'read' : null,
        }))
        .filter(({ may }) => may !== null)
        .map(({ label, may }) => (
          <li key={label}>
            <Badge>
              {label}: {may}
            </Badge>
          </li>
        ))}
    </ul>
  )
}
