import { ProviderMark } from '#components/provider-buttons.tsx'
import { Ago, Day } from '#components/reader-moment.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Notice } from '#components/ui/notice.tsx'
import type { LinkedSignInSummary } from '#lib/auth/linked-sign-ins.ts'
import { isSignInProvider, type OfferedProvider, providerProblems } from '#lib/auth/plain.ts'
import type { Reader } from '#lib/words/reader.ts'
import { LinkSignIn, UnlinkSignIn } from './link-sign-in.tsx'

/** Accounts elsewhere that sign somebody in; nothing where no provider is configured and none is linked. */
export function LinkedSignIns({
  linked,
  offered,
  said,
  now,
  reader: { words, zone },
}: {
  linked: LinkedSignInSummary[]
  offered: OfferedProvider[]
  /** What the address says came of linking. */
  said: Record<string, string | string[] | undefined>
  now: Date
  reader: Reader
}) {
  const { linked: say, proof } = words.account
  const when = { words, zone: zone ?? 'UTC' }
  if (offered.length === 0 && linked.length === 0) return null
  const added = offered.find(({ id }) => id === said.linked)
  const problem = providerProblems.find((each) => each === said.error)
  return (
    <section id="linked">
      <Card>
        <CardHeader title={say.title} />
        {(added || problem) && (
          <CardBody>
            {added && <Notice tone="ok">{say.added(added.name)}</Notice>}
            {problem && <Notice tone="warn">{say.problems[problem]}</Notice>}
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
                    {say.since} <Day value={createdAt} {...when} />
                    {lastUsedAt && (
                      <>
                        , {say.used} <Ago value={lastUsedAt} {...when} now={now} />
                      </>
                    )}
                  </p>
                </div>
                <UnlinkSignIn
                  linkedSignInId={id}
                  proof={proof}
                  words={{
                    ...{ unlink: say.unlink, unlinkOne: say.unlinkOne(`${name} (${label})`) },
                    ...{ ask: say.ask(`${name} (${label})`), about: say.unlinkAbout },
                    ...{ done: say.done(`${name} (${label})`), cancel: words.frame.cancel, close: words.frame.close },
                  }}
                />
              </li>
            ))}
          </ul>
        )}
        {offered.length > 0 && (
          <CardBody>
            <p className="mb-4 text-pretty text-mute">{say.about}</p>
            <ul className="flex flex-wrap gap-2">
              {offered.map((provider) => (
                <li key={provider.id}>
                  <LinkSignIn
                    provider={provider.id}
                    proof={proof}
                    words={{ link: say.link(provider.name), goOn: say.goOn(provider.name) }}
                  />
                </li>
              ))}
            </ul>
          </CardBody>
        )}
      </Card>
    </section>
  )
}
