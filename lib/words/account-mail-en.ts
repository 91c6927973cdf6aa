// What mails about somebody's own account say, in English.

type News = { subject: string; text: (host: string, about: string) => string }

const news = {
  'new-device': {
    subject: 'New sign-in to your account',
    text: (host) => `Somebody signed in to your account at ${host} in a browser that had not been used for it before.`,
  },
  'password-changed': {
    subject: 'Your password was changed',
    text: (host) => `The password of your account at ${host} was changed. Other browsers were signed out.`,
  },
  'password-ended': {
    subject: 'Your account is yours alone now',
    text: (host) =>
      `Your account at ${host} was made with a link that somebody passed on, so perhaps not by you. Now that you have shown that this mailbox is yours, the password that was set then no longer works, nor do passkeys and linked sign-ins that were added, and every browser was signed out. Set a password of your own, or sign in by mail.`,
  },
  'address-asked': {
    subject: 'Your address is about to change',
    text: (host, about) =>
      `Somebody signed in to your account at ${host} asked to use ${about} instead of this address. That happens once the link in a mail to ${about} is used.`,
  },
  'address-changed': {
    subject: 'Your address was changed',
    text: (host, about) =>
      `Your account at ${host} now belongs to ${about}. You can no longer sign in with this address.`,
  },
  'two-step-on': {
    subject: 'Two-step sign-in is on',
    text: (host) =>
      `From now on, signing in to your account at ${host} takes a second step. Other browsers were signed out.`,
  },
  'two-step-off': {
    subject: 'Two-step sign-in is off',
    text: (host) =>
      `Signing in to your account at ${host} takes no second step any more. Other browsers were signed out.`,
  },
  'recovery-code-used': {
    subject: 'A recovery code was used',
    text: (host, about) =>
      `Somebody signed in to your account at ${host} with a recovery code. ${about === '1' ? 'One is' : `${about} are`} left.`,
  },
  'recovery-codes-made': {
    subject: 'New recovery codes were made',
    text: (host) => `Your account at ${host} has new recovery codes. The former ones open nothing any more.`,
  },
  'passkey-added': {
    subject: 'A passkey was added',
    text: (host, about) => `The passkey “${about}” now signs in to your account at ${host}.`,
  },
  'passkey-removed': {
    subject: 'A passkey was removed',
    text: (host, about) => `The passkey “${about}” no longer signs in to your account at ${host}.`,
  },
  'ownership-given': {
    subject: 'You are no longer an owner',
    text: (host, about) =>
      `You gave your ownership of ${about} at ${host} to another member. You are an admin there now. Only an owner can give it back.`,
  },
  'ownership-received': {
    subject: 'You are an owner now',
    text: (host, about) =>
      `An owner of ${about} at ${host} gave their ownership to you. You may do everything there from now on, and you were signed out everywhere, so sign in again.`,
  },
  'sign-in-linked': {
    subject: 'A sign-in was linked',
    text: (host, about) => `${about} now signs in to your account at ${host}.`,
  },
  'sign-in-unlinked': {
    subject: 'A sign-in was unlinked',
    text: (host, about) => `${about} no longer signs in to your account at ${host}. Other browsers were signed out.`,
  },
  'organization-archive-asked': {
    subject: 'Everything is being exported',
    text: (host, about) =>
      `An owner asked for everything of the organization ${about} as one file at ${host}. Any owner can delete it under Settings, Export.`,
  },
  'organization-archive-ready': {
    subject: 'Your export is ready',
    text: (host, about) =>
      `Everything of the organization ${about} can now be downloaded as one file at ${host}, under Settings, Export.`,
  },
  'organization-deletion-asked': {
    subject: 'Your organization will be deleted',
    text: (host, about) =>
      `An owner asked for the organization ${about} to be deleted at ${host}, with its keys, customers and history. Until then everything works, and any owner can stop it under Settings, Organization.`,
  },
  'organization-deletion-stopped': {
    subject: 'Your organization stays',
    text: (host, about) =>
      `An owner stopped the deletion of the organization ${about} at ${host}. Nothing was deleted.`,
  },
  'organization-deleted': {
    subject: 'Your organization was deleted',
    text: (host, about) => `The organization ${about} was deleted at ${host}, with everything in it.`,
  },
  'organization-keys-left': {
    subject: 'API keys of somebody who left or may do less still work',
    text: (host, about) =>
      `${about} is no longer a member, or may make no API keys any more. Those that they made go on working; they are marked at ${host}, under Settings, API keys.`,
  },
} satisfies Record<string, News>

export const accountMail = {
  news: news as Record<keyof typeof news, News>,
  wasYou: 'This was you? Then there is nothing to do.',
  notYou: 'This was not you? Set a new password at once: that signs out every browser and voids links that wait.',
  notYouAway: 'This was not you? Ask an owner of your organization, or whoever runs this server, for help at once.',
  notExpected: 'You did not expect this? Ask the other members of the organization before you do anything there.',
  surprise: 'This is a surprise? Ask the other owners, or whoever runs this server.',
  setPassword: 'Set a new password',
  seeSessions: 'See where you are signed in',
  why: (host: string) => `You are receiving this because it concerns the safety of your account at ${host}.`,
  /** A browser and a system, as we name them. */
  device: (browser: string, system: string) => `${browser} on ${system}`,

  link: {
    password: {
      subject: 'Set a new password',
      text: (host: string) =>
        `Somebody, probably you, asked for a new password at ${host}. Choose one with the button; every browser is signed out then.`,
      plain: (host: string) =>
        `Somebody, probably you, asked for a new password at ${host}. Choose one with this link; every browser is signed out then.`,
      button: 'Choose a password',
      why: 'Didn’t ask for this? You can ignore this e-mail; your password stays as it is.',
    },
    address: {
      subject: 'Confirm your new address',
      text: (host: string, from: string) =>
        `Use the button, in a browser where you are signed in at ${host}, to sign in with this address from now on instead of ${from}.`,
      plain: (host: string, from: string) =>
        `Use this link, in a browser where you are signed in at ${host}, to sign in with this address from now on instead of ${from}.`,
      button: 'Confirm this address',
      why: 'Didn’t ask for this? You can ignore this e-mail; nothing changes.',
    },
    once: (minutes: number) => `The link works once, for ${minutes} minutes.`,
    ifNot: 'If the button does not work, open this address:',
  },
}
export type AccountMail = typeof accountMail
