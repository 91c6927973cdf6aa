/** Where else people may sign in, when it is configured. */
export const signInProviders = ['github', 'google', 'oidc'] as const
export type SignInProvider = (typeof signInProviders)[number]

/** One that is configured, and what its button says. */
export type OfferedProvider = { id: SignInProvider; name: string }

/** True for the name of one. */
export const isSignInProvider = (name: string | undefined): name is SignInProvider =>
  (signInProviders as readonly string[]).includes(name ?? '')

/** Why a provider's sign-in let nobody in; it stands in the address of the page that says so. */
export const providerProblems = ['unverified', 'unknown', 'unlinked', 'taken', 'slow', 'failed'] as const
export type ProviderProblem = (typeof providerProblems)[number]
