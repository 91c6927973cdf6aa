/**
 * How somebody who is signed in proves once more who they are: by a code of the second step, by their password, by a passkey where they have
 * neither, or by signing in anew.
 */
export type StepUpWay = 'code' | 'password' | 'passkey' | 'link'

/** What a passkey may sign in place of the other proof. */
export type PasskeyRequest = { challenge: string }

/** For how many minutes a proof is good. */
export const STEP_UP_MINUTES = 10

/** The field of a form that carries the proof. Its name keeps it from being handed back. */
export const PROOF = 'proofPassword'

/** The field beside it that carries what a passkey signed. */
export const PASSKEY_PROOF = 'proofCredential'

/** What that field asks for. */
export const proofWords = {
  code: {
    label: 'Code',
    description: 'Confirm that it is you: the six digits that your authenticator app shows, or a recovery code.',
  },
  password: { label: 'Your password', description: 'Confirm that it is you: you signed in a while ago.' },
  passkey: { label: null, description: 'Confirm that it is you: you signed in a while ago.' },
  link: {
    label: null,
    description: `Confirm that it is you: you have no password here. Sign out and in again, then do this within ${STEP_UP_MINUTES} minutes.`,
  },
} as const satisfies Record<StepUpWay, { label: string | null; description: string }>
