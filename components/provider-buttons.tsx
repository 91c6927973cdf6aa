import { buttonLook } from '#components/ui/button-look.ts'
import type { OfferedProvider, SignInProvider } from '#lib/auth/plain.ts'
import * as paths from '#lib/web/paths.ts'

/** One link for each other place where people may sign in; nothing where none is configured. */
export function ProviderButtons({
  providers,
  callbackUrl,
  words,
}: {
  providers: OfferedProvider[]
  callbackUrl: string
  words: (name: string) => string
}) {
  if (providers.length === 0) return null
  return (
    <ul className="grid gap-2">
      {providers.map(({ id, name }) => (
        <li key={id}>
          {/* Not a Link: nothing may be loaded before somebody means it. */}
          <a
            href={paths.signInWith({ provider: id }, { callbackUrl })}
            className={buttonLook('secondary', 'lg', 'w-full')}
          >
            <ProviderMark provider={id} />
            <span className="truncate">{words(name)}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

// Plain shapes of our own: nothing is loaded from anywhere, and no logo is copied.
const marks: Record<SignInProvider, string> = {
  github: 'M5 3v10M5 8h4a2.5 2.5 0 0 0 2.5-2.5V5',
  google: 'M13 5a5.5 5.5 0 1 0 .4 3.6H8.2',
  oidc: 'M9.5 6.5a3 3 0 1 1-1.2-1.2M8.6 7.4 13.5 12.3M11.4 10.2l1.4-1.4',
}

/** A small mark beside a provider's name. */
export function ProviderMark({ provider }: { provider: SignInProvider }) {
  return (
    <svg
      aria-hidden="true"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      <path d={marks[provider]} />
    </svg>
  )
}
