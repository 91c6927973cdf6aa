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

  twoStep: {
    asked: (organization: string) =>
      `${organization} asks all its members to sign in by two steps. Set it up here; then its dashboard opens.`,
    about:
      'After your password or an e-mailed link, signing in also takes something you have. Whoever learns your password, or reads your mail, gets no further.',
    app: 'Authenticator app',
    onSince: 'On since',
    begin: {
      about: 'It shows six digits that change every thirty seconds, and needs no connection. Not set up.',
      button: 'Set up an authenticator app',
    },
    qr: 'QR code for your authenticator app',
    /** Around the link to the app. */
    scan: 'Scan this with an authenticator app, such as the one your password manager has. On this device, open',
    theApp: 'the app',
    orType: 'instead, or type the key:',
    setUp: { code: 'Code that the app shows', button: 'Turn on' },
    wrongCode: 'This code does not fit. Enter the one that the app shows now.',
    appThere: 'There is an authenticator app already. Turn two-step sign-in off first.',
    beginAgain: 'Begin again: this was set up or given up meanwhile.',
    isOff: 'Two-step sign-in is off.',
    passkeys: 'Passkeys',
    /** Each before the time. */
    added: 'added',
    used: 'used',
    notUsed: 'not used yet',
    passkeysAbout:
      'A passkey signs you in by itself, with your finger, face or PIN, and cannot be given to a false page. It counts as both steps.',
    passkey: {
      name: 'Name of the passkey',
      nameHint: 'So that you know it later: the phone, the key on your key ring.',
      button: 'Add a passkey',
      there: 'This device has a passkey for your account already.',
      none: 'No passkey was made. Try again when you are ready.',
    },
    passkeyName: 'Enter a name, in at most 60 characters.',
    passkeyRefused: 'This passkey cannot be added: it is here already, or there are twenty.',
    passkeyUnchecked: 'The passkey could not be checked. Try again.',
    remove: 'Remove',
    removeOne: (name: string) => `Remove ${name}`,
    removeAsk: (name: string) => `Remove ${name}?`,
    removeAbout:
      'It no longer signs you in, and other browsers are signed out. Without another second step, two-step sign-in is off.',
    removed: (name: string) => `${name} was removed`,
    recovery: 'Recovery codes',
    noneLeft: 'None is left.',
    left: (count: Count) => (count === 1 ? '1 is left.' : `${count} are left.`),
    recoveryAbout:
      'Each signs in once in place of a lost second step. They are shown when they are made, and never again.',
    makeNew: 'Make new codes',
    codes: {
      keep: 'Keep these recovery codes.',
      about:
        'They are shown only now. Each signs you in once if you lose your phone; print them, or put them where your other secrets are.',
      copy: 'Copy codes',
      kept: 'I have kept them',
    },
    off: 'Turn off',
    offAbout:
      'Signing in then takes one step only. Organizations that require two are closed to you until it is on again.',
    offButton: 'Turn off two-step sign-in',
    offAsk: 'Turn off two-step sign-in?',
    offWarning:
      'Your authenticator app, passkeys and recovery codes open nothing any more, and other browsers are signed out. You are told by mail.',
    offDone: 'Two-step sign-in is off',
  },

  newOrganization: {
    title: 'New organization',
    about: (email: string) => `Keys, customers and settings of its own. ${email} will own it.`,
    closed: 'No new organizations here',
    closedAbout: (email: string) => `Signed in as ${email}. New organizations are made by whoever runs this server.`,
    fields: { name: 'Name', nameHint: 'The name your customers know.', slug: 'Dashboard address' },
    nameRule: 'Enter the name your customers know, in at most 80 characters.',
    slugRule:
      'Choose another one: 2 to 40 letters, digits and single dashes, like inkwell-software. This one is taken or has others.',
    tooMany:
      'You cannot make one more now: the address of your account is not confirmed, you made several today, or there are too many.',
    button: 'Create organization',
  },

  confirmNewAddress: {
    title: 'Confirm your address',
    /** Around the two addresses. */
    before: 'From now on you sign in as',
    insteadOf: 'instead of',
    after: 'Other browsers are signed out.',
    button: 'Use this address',
    leave: 'Leave it as it is',
    over: 'This link no longer works',
    overAbout: (email: string) =>
      `It has already been used, has expired, was not copied completely, or is for another account than ${email}.`,
    used: 'This link has already been used, has expired, or is for another account.',
    taken: 'There is another account with this address. Sign in to that one instead.',
  },

  invitation: {
    title: 'Invitation',
    over: 'This invitation no longer works',
    overAbout:
      'It has been used already, was withdrawn, has expired, or was not copied completely. Whoever invited you can send a new one.',
    goOn: 'Go on',
    signIn: 'Sign in',
    join: (organization: string) => `Join ${organization}`,
    /** Around the address. */
    before: (inviter: string) => `${inviter} invites`,
    after: {
      owner: 'as owner: everything, including owners and the security log.',
      admin: 'as admin: everything except owners, what support may, and the security log.',
      support: 'as support: helps customers with their keys, within bounds that an owner sets.',
      viewer: 'as viewer: sees everything except key strings.',
    },
    otherAccount: (mine: string, invited: string) =>
      `You are signed in as ${mine}. Sign out first, then open the invitation again as ${invited}.`,
    hasAccount: 'There is already an account with this address. Sign in to join.',
    signInFirst: 'There is an account with this address. Sign in, then open the invitation again.',
    notYours: 'This invitation is for another address. Sign in with that one.',
    form: {
      name: 'Your name',
      password: 'Password',
      hint: 'At least 10 characters. A whole sentence works well.',
      button: 'Join',
    },
    goOnWith: (provider: string) => `Go on with ${provider}`,
  },

  anotherWay: {
    title: 'Sign in another way',
    only: (organization: string, ways: string) => `${organization} lets its members in${ways && ` by ${ways}`} only.`,
    you: (way: string) => `You signed in by ${way}.`,
    ways: { password: 'password', mail: 'mailed link or code', passkey: 'passkey' },
    none: 'None of the ways it allows is set up on this server any more. Whoever runs the server can set one up, or let you in with a link from the console.',
    passkey: 'Sign in with a passkey',
    form: { password: 'Password', signIn: 'Sign in', mail: 'E-mail me a link and a code' },
    noPasskey: 'You have no passkey yet. Add one, then come back and sign in with it.',
    noPassword: 'You have no password yet. Add one on your account page, then come back and sign in with it.',
    addPasskey: 'Add a passkey',
    setPassword: 'Set a password',
    dashboardOf: (organization: string) => `Dashboard of ${organization}`,
    first: 'One of your organizations lets you in another way only. Sign in by that first; then you can change this.',
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
