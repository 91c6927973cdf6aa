import { Checkbox } from '#components/ui/checkbox.tsx'
import { relativeTime } from '#components/ui/relative-time.ts'
import type { LeftBehind } from '#lib/organizations/left-behind.ts'

type Props = { left: LeftBehind | null; whose: 'you' | 'they' }

const NAMED = 3

const list = (names: string[]): string =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more` : names.join(', ')

/** That invitations somebody sent end with their membership. */
export function LeftBehindWords({ left, whose }: Props) {
  if (!left?.invitations.length) return null
  const [first, ...others] = left.invitations
  return (
    <>
      {' '}
      {others.length === 0
        ? `The invitation ${whose} sent to ${first} is withdrawn.`
        : `The ${left.invitations.length} invitations ${whose} sent are withdrawn: ${list(left.invitations)}.`}
    </>
  )
}

/** How many API keys somebody made that still work, and whether they go too. */
export function LeftBehindFields({
  left,
  whose,
  mayRevoke,
  now,
  isLesserRole = false,
}: Props & { mayRevoke: boolean; now: Date; isLesserRole?: boolean }) {
  if (!left?.apiKeys.length) return null
  const { apiKeys } = left
  const which = apiKeys.length === 1 ? 'the API key' : `the ${apiKeys.length} API keys`
  const used = (at: Date | null) => (at ? `last used ${relativeTime(at, now)}` : 'never used')
  const names = list(apiKeys.map(({ name, lastUsedAt }) => `${name} (${used(lastUsedAt)})`))
  if (!mayRevoke)
    return (
      <p className="text-pretty text-mute text-sm">
        {apiKeys.length === 1 ? 'An API key' : `${apiKeys.length} API keys`} {whose} made still work: {names}. The
        owners are told.
      </p>
    )
  return (
    <>
      <input type="hidden" name="keysNamed" value={apiKeys.length} />
      <Checkbox
        name="revokesKeys"
        value="on"
        defaultChecked
        label={`Revoke ${which} ${whose} made`}
        description={
          <>
            {names}. Programs that hold {apiKeys.length === 1 ? 'it are' : 'one are'} refused at once.{' '}
            {isLesserRole
              ? 'Only if the new role is support or viewer, which make none.'
              : `Kept, ${apiKeys.length === 1 ? 'it works' : 'they work'} on for whoever knows ${apiKeys.length === 1 ? 'it' : 'them'}.`}
          </>
        }
      />
    </>
  )
}
