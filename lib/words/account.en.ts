// What people read on the pages of their own account, and on the way into it, in English.

type Count = number

export const account = {
  forgot: {
    title: 'Forgotten password',
    about: 'We e-mail you a link. It leads to a page where you choose a new password.',
    button: 'E-mail me the link',
  },
  newPassword: {
    title: 'Choose a new password',
    /** Around the address. */
    before: 'For',
    after: 'Every browser that is signed in now is signed out.',
    label: 'New password',
    hint: 'At least 10 characters. A whole sentence works well.',
    button: 'Set password and sign in',
    rule: 'Use at least 10 characters, at most 200, and no password that many people use.',
  },
  secondStep: {
    title: 'Second step',
    byApp: 'Enter the six digits that your authenticator app shows for',
    byOther: 'Use a passkey, or enter one of your recovery codes, for',
    passkey: 'Use a passkey',
    code: 'Code',
    codeHint: 'No phone at hand? A recovery code works here, too.',
    recovery: 'Recovery code',
    recoveryHint: 'Each works once.',
    other: 'Sign in as somebody else',
    wrong: 'This code is wrong or was used already. Enter the one that the app shows now.',
    wait: (when: string) => `Too many wrong codes. Try again ${when}.`,
    noPasskey: 'No passkey was used. Try again, or sign in another way.',
    wrongPasskey: 'This passkey does not sign in here. Try another way.',
  },
  page: {
    title: 'Your account',
    signOut: 'Sign out',
    dashboard: 'Dashboard',
    purchases: 'Purchases',
    name: 'Name',
    yourName: 'Your name',
    nameHint: 'Other members see it, and the history names you by it.',
    saveName: 'Save name',
    saved: 'Saved.',
    nameRule: 'Enter your name, in at most 80 characters.',
    address: 'E-mail address',
    newAddress: 'New address',
    newAddressHint:
      'We mail a link there. Until you use it, nothing changes. Purchases stay with the address they were made with, until you change it on the purchases page.',
    changeAddress: 'Change address',
    addressAsked: (email: string, minutes: Count) =>
      `A link is on its way to ${email}. It works once, for ${minutes} minutes.`,
    ownAddress: 'This is your address already, or none. Enter another one.',
    password: 'Password',
    currentPassword: 'Current password',
    noPassword: 'You have none yet and sign in with e-mailed links. You can set one here.',
    passwordHint: 'At least 10 characters. Every other browser is signed out.',
    changePassword: 'Change password',
    setPassword: 'Set password',
    passwordChanged: (others: Count) =>
      `Your password has been changed.${others === 0 ? '' : others === 1 ? ' One other browser is signed out.' : ` ${others} other browsers are signed out.`}`,
    wrongPassword: 'This is not your current password.',
    slow: (when: string) => `Too many attempts. Try again ${when}.`,
    twoStep: 'Two-step sign-in',
    on: 'On',
    /** After "On", before the day. */
    since: 'since',
    twoStepOn: 'Signing in takes a second step.',
    twoStepOff: 'Off. With it, whoever learns your password or reads your mail gets no further.',
    manage: 'Manage',
    setUp: 'Set up',
    sessions: 'Where you are signed in',
    unknownDevice: 'Unknown device',
    device: (browser: string, system: string) => `${browser} on ${system}`,
    thisBrowser: 'this browser',
    seen: (when: string, until: string) => `seen ${when}, until ${until}`,
    endSession: 'Sign out',
    sessionEnded: 'It is signed out already. Load the page again.',
    sessionsAbout: (idle: Count, longest: Count) =>
      `You are signed out after ${idle} days without a visit, and after ${longest} days in any case.`,
    everywhere: 'Sign out everywhere',
  },
  linked: {
    title: 'Linked sign-ins',
    added: (name: string) => `${name} now signs you in.`,
    problems: {
      unverified: 'That account has no verified e-mail address. Verify it there first, then link it.',
      unknown: 'That account could not be linked. Try again.',
      unlinked: 'That account could not be linked. Try again.',
      taken: 'That account is linked to another account here, or there are ten already.',
      slow: 'Too many attempts from your network. Try again in a minute.',
      failed: 'Nothing was linked. Try again when you are ready.',
    },
    since: 'linked',
    used: 'used',
    about:
      'A linked account signs you in here, whatever its address becomes. Two-step sign-in still asks for its second step.',
    link: (name: string) => `Link ${name}`,
    goOn: (name: string) => `Go on to ${name}`,
    unlink: 'Unlink',
    unlinkOne: (name: string) => `Unlink ${name}`,
    ask: (name: string) => `Unlink ${name}?`,
    unlinkAbout: 'It no longer signs you in, and other browsers are signed out. You can link it again here.',
    done: (name: string) => `${name} was unlinked`,
    gone: 'It was unlinked already. Load the page again.',
  },

  /** Asked for in place, before something is done that a found browser must not do. */
  proof: {
    code: {
      label: 'Code',
      description: 'Confirm that it is you: the six digits that your authenticator app shows, or a recovery code.',
    },
    password: { label: 'Your password', description: 'Confirm that it is you: you signed in a while ago.' },
    passkey: { description: 'Confirm that it is you: you signed in a while ago.' },
    link: {
      description:
        'Confirm that it is you: you have no password here. Sign out and in again, then do this within 10 minutes.',
    },
    wrong: 'This was not right. Try again; after several wrong ones, wait some minutes.',
    usePasskey: 'Use a passkey',
    noPasskey: 'No passkey was used. Try again.',
  },
}
export type AccountWords = typeof account
