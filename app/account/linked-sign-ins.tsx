import { ProviderMark } from '#components/provider-buttons.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Time } from '#components/ui/time.tsx'
import type { LinkedSignInSummary } from '#lib/auth/linked-sign-ins.ts'
import { isSignInProvider, type OfferedProvider, type ProviderProblem, providerProblems } from '#lib/auth/plain.ts'
import { LinkSignIn, UnlinkSignIn } from './link-sign-in.tsx'

const problems: Record<ProviderProblem, string> = {
  unverified: 'That account has no verified e-mail address. Verify it there first, then link it.',
  unknown: 'That account could not be linked. Try again.',
  unlinked: 'That account could not be linked. Try again.',
  taken: 'That account is linked to another account here, or there are ten already.',
  slow: 'Too many attempts from your network. Try again in a minute.',
  failed: 'Nothing was linked. Try again when you are ready.',
}

/** Accounts elsewhere that sign somebody in; nothing where no provider is configured and none is linked. */
export function LinkedSignIns({
  linked,
  offered,
  said,
  now,
}: {
  linked: LinkedSignInSummary[]
  offered: OfferedProvider[]
  /** What the address says came of linking. */
  said: Record<string, string | string[] | undefined>
  now: Date
}) {
  if (offered.length === 0 && linked.length === 0) return null
  const added = offered.find(({ id }) => id === said.linked)
  const problem = providerProblems.find((each) => each === said.error)
  return (
    <section id="linked">
      <Card>
        <CardHeader title="Linked sign-ins" />
        {(added || problem) && (
          <CardBody>
            {added && <Notice tone="ok">{added.name} now signs you in.</Notice>}
            {problem && <Notice tone="warn">{problems[problem]}</Notice>}
          </CardBody>
        )}
        {linked.length > 0 && (
          <ul>
            {linked.map(({ id, name, provider, label, createdAt, lastUsedAt }) => (
              <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-b px-3.5 py-2.5">
                <div className="min-w-[min(100%,220px)] flex-1">
                  <p className="flex items-center gap-2 font-medium">
                    {isSignInProvider(provider) && <ProviderMark provider={provider} />}
                    <span className="[overflow-wrap:anywhere]">
                      {name} <span className="font-normal text-mute">{label}</span>
                    </span>
                  </p>
                  <p className="text-mute">
                    linked <DateText value={createdAt} />
                    {lastUsedAt && (
                      <>
                        , used <Time value={lastUsedAt} now={now} />
                      </>
                    )}
                  </p>
                </div>
                <UnlinkSignIn linkedSignInId={id} name={`${name} (${label})`} />
              </li>
            ))}
          </ul>
        )}
        {offered.length > 0 && (
          <CardBody>
            <p className="mb-4 text-pretty text-mute">
              A linked account signs you in here, whatever its address becomes. Two-step sign-in still asks for its
              second step.
            </p>
            <ul className="flex flex-wrap gap-2">
              {offered.map((provider) => (
                <li key={provider.id}>
                  <LinkSignIn provider={provider.id} name={provider.name} />
                </li>
              ))}
            </ul>
          </CardBody>
        )}
      </Card>
    </section>
  )
}
