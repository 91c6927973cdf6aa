// Everything that customers read, in English. Its shape is what every other language has to have; the compiler finds what is missing.
import { account } from './account-en.ts'
import { accountMail } from './account-mail-en.ts'
import { facts } from './facts.ts'
import { storeMail } from './store-mail-en.ts'

type Count = number
const s = (count: Count, one: string, many = `${one}s`) => (count === 1 ? one : many)
/** A number as people here write it. */
const n = (count: Count) => count.toLocaleString('en-US')

export const en = {
  /** For dates and numbers (BCP 47). */
  locale: 'en-GB',
  number: n,

  frame: {
    skip: 'Skip to content',
    purchases: 'Purchases',
    purchasesOf: 'of',
    dashboard: 'Dashboard',
    account: 'Account',
    signOut: 'Sign out',
    signedInAs: (email: string) => `Signed in as ${email}`,
    language: 'Language',
    theme: 'Theme',
    light: 'Light',
    dark: 'Dark',
    system: 'As the system',
    yourPurchases: 'Your purchases',
    cancel: 'Cancel',
    close: 'Close',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'Could not copy',
    optional: 'Optional',
    notFound: 'Page not found',
    notFoundWhy:
      'It may have been removed, the address may be mistyped, or it belongs to an account you are not signed in to.',
    home: 'Go to the home page',
  },

  signIn: {
    title: 'Sign in',
    about: 'To your purchases, or to your organization’s dashboard.',
    email: 'E-mail address',
    password: 'Password',
    noPassword: 'No password? Leave it empty, and we will e-mail you a link and a code that sign you in.',
    passkey: 'Sign in with a passkey',
    withProvider: (name: string) => `Sign in with ${name}`,
    forgot: 'Forgot your password?',
    button: 'Sign in',
    mailLink: 'E-mail me a sign-in link',
    again: 'Please sign in again.',
    wrongPassword: 'E-mail address and password do not match.',
    notAnAddress: 'Enter an e-mail address, like name@example.com.',
    checkFields: 'Please check the marked fields.',
    failed: 'Signing in did not work. Try again.',
    providerProblems: {
      unverified: 'That account has no verified e-mail address. Verify it there and try again, or sign in another way.',
      unknown:
        'Nobody here has the address of that account. Sign in with the address you used to buy, or ask to be invited.',
      unlinked: 'That account was unlinked here. Sign in another way; on your account page you can link it again.',
      taken: 'That account is linked to somebody else here, or another sign-in was quicker. Try again.',
      slow: 'Too many attempts from your network. Try again in a minute.',
      failed: 'Signing in there did not work. Try again, or sign in another way.',
    },
    waits: {
      password: (when: string) =>
        `Too many wrong passwords. Try again ${when}, or have a sign-in link e-mailed to you.`,
      link: (when: string) => `Too many sign-in links were requested. Try again ${when}.`,
      code: (when: string) => `Too many wrong codes. Open the link in the mail instead, or try another code ${when}.`,
      token: (when: string) => `Too many attempts from your network. Try again ${when}.`,
    },
    inSeconds: (count: Count) => `in ${count} ${s(count, 'second')}`,
    inMinutes: (count: Count) => `in ${count} ${s(count, 'minute')}`,

    sentTitle: 'Check your inbox',
    /** Around the address. */
    sentBefore: 'If',
    sentAddress: 'the address',
    sentAfter: (minutes: Count) =>
      `is known here, a mail is on its way. Its link signs you in, and so does its code, once and within ${minutes} minutes.`,
    sentForPassword: (minutes: Count) =>
      `is known here, a link is on its way. It lets you choose a new password, once, within ${minutes} minutes.`,
    sentHelp: 'Nothing there? Check your spam folder, and make sure this is the address you used to buy.',
    sentWaits: 'Mail is not set up on this server, so the link waits. Whoever runs it has to set SMTP_URL.',
    outbox: 'Open the demo’s outbox',
    back: 'Back to sign-in',
    code: 'Six-digit code',
    codeShape: 'The code has six digits.',
    codeWrong: 'This code is not right, or no longer works. Look in the newest mail.',

    linkAbout: 'You are about to sign in as',
    linkButton: (email: string) => `Sign in as ${email}`,
    linkOver: 'This link no longer works',
    linkOverAbout:
      'It has already been used, has expired, or was not copied completely. Getting a new one takes a minute.',
    linkUsed: 'This link has already been used or has expired.',
    linkNew: 'Get a new link',
    goOnAs: (email: string) => `Go on as ${email}`,

    confirmTitle: 'Confirm your address',
    confirmBefore: 'Purchases are shown to whoever reads the mail of',
    confirmAfter: 'Open the link we send there once, then you see yours.',
    confirmButton: 'E-mail me the link',
    confirmBack: 'Back to the dashboard',
  },

  list: {
    none: 'Nothing was bought with this address',
    noneAbout: 'Did you use another address? Sign out, and sign in with that one.',
    search: 'Search your purchases',
    searchHint: 'Product, seller, order or end of a key',
    searchButton: 'Search',
    clear: 'Show all',
    nothingFound: (words: string) => `Nothing matches “${words}”`,
    nothingFoundAbout: 'Products, sellers, order numbers and the last characters of keys are searched.',
    pages: 'Pages',
    page: (page: Count, of: Count) => `Page ${n(page)} of ${n(of)}`,
    previous: 'Previous',
    next: 'Next',
    copyAll: (count: Count) => `Copy all ${n(count)} keys`,
    showAll: (count: Count) => `Show all ${n(count)} keys`,
    allKeysOf: (product: string) => `All keys of ${product}`,
    noKey: 'No license key belongs to this purchase.',
    keys: (count: Count) => `${n(count)} ${s(count, 'key')}`,
  },

  status: {
    active: 'Active',
    expiring: 'Active, expires soon',
    grace: 'Expired, still works for a few days',
    expired: 'Expired',
    disabled: 'Switched off by the seller',
    revoked: 'Revoked',
  },
  statusDay: {
    until: (day: string) => `until ${day}`,
    on: (day: string) => `on ${day}`,
    never: 'without an end date',
  },
  advice: {
    expiring: (seller: string) => `When it has expired, the software stops accepting it. Ask ${seller} how to renew.`,
    grace: (seller: string, day: string | null) =>
      `It expired${day ? ` on ${day}` : ''}. Ask ${seller} how to renew before it stops working.`,
    expired: (seller: string) => `The software no longer accepts it. Ask ${seller} how to renew.`,
    disabled: (seller: string) => `${seller} switched this key off. Ask them why and how to get it back.`,
    revoked: (seller: string) => `${seller} withdrew this key, for example after a refund.`,
  },
  standing: {
    pending: 'Not paid yet',
    trial: 'In its trial',
    paidUntil: (day: string) => `Paid until ${day}`,
    pastDueUntil: (day: string) => `Payment failed, works until ${day}`,
    pastDue: 'Payment failed',
    paused: 'Paused',
    endsOn: (day: string) => `Ends on ${day}`,
    ending: 'Will not be renewed',
    endedOn: (day: string) => `Ended on ${day}`,
    ended: 'Ended',
    lapsed: 'Ended: not paid again',
    refunded: 'Refunded',
    disputed: 'Payment disputed',
    canceled: 'Canceled',
  },

  key: {
    title: 'License key',
    copyKey: 'Copy the license key',
    showAll: 'Show all of it',
    showLine: 'Show on one line',
    qr: 'QR code',
    qrAbout: 'For a phone: point its camera here to take the key over.',
    howTo: 'How to activate',
    mail: 'E-mail me this key',
    onItsWay: (email: string) => `On its way to ${email}.`,
    help: 'Get help',
    website: 'Website',
    uses: 'Uses',
    usesIn: { never: 'Uses', day: 'Uses today', month: 'Uses this month', year: 'Uses this year' },
    usesOf: (used: Count, limit: Count) => `${n(used)} of ${n(limit)}`,
    usesUnlimited: (used: Count) => (used > 0 ? `${n(used)}, unlimited` : 'unlimited'),
    left: (left: Count) => (left === 0 ? 'None left.' : `${n(left)} left.`),
    resets: (day: string) => `Resets on ${day}.`,
    receipt: 'Purchase',
    order: 'Order',
    bought: 'Bought',
    issued: 'Issued',
    product: 'Product',
    quantity: 'Quantity',
    via: 'Paid through',
    seller: 'Seller',
    buyer: 'Buyer',
    standing: 'State',
    validUntil: 'Valid until',
    noEnd: 'No end date',
    version: 'Version',
    includes: 'Includes',
    subscription: 'Subscription',
    oneTime: 'One-time purchase',
    print: 'Print',
    openTitle: 'Your license key',
    openAbout: 'One press, and your key opens. This proves that the mail reached you.',
    openButton: 'Open my key',
  },

  rotate: {
    title: 'Replace the key by a new one',
    about: 'If somebody else has your key, get another one.',
    warning: (devices: Count) =>
      `The old key ends at once, everywhere. ${
        devices === 0
          ? 'No device uses it now.'
          : `${devices === 1 ? 'The device that uses it stops' : `All ${n(devices)} devices that use it stop`} at the next check, until you enter the new key there.`
      } This cannot be undone.`,
    button: 'Get a new key',
    done: 'This is your new key. We also e-mailed it to you.',
    tooOften: 'This key was replaced three times within a day. Try again tomorrow, or ask the seller.',
    notNow: 'A key that does not work cannot be replaced. Ask the seller.',
    notAllowed: 'Only the seller can replace this key.',
  },

  devices: {
    title: 'Devices',
    count: (count: Count) => `${n(count)} ${s(count, 'device')}`,
    of: (used: Count, limit: Count) => `${n(used)} of ${n(limit)}`,
    usedOf: (used: Count, limit: Count) => `${n(used)} of ${n(limit)} ${s(limit, 'device')}`,
    full: (limit: Count) =>
      limit === 1 ? 'The only device this key allows is in use.' : `All ${n(limit)} devices are in use.`,
    fullAsk: (seller: string) => `To use another one, ask ${seller} to free one.`,
    fullFree: 'To use another one, deactivate one you no longer need.',
    blocked: (seller: string) => `${seller} has blocked new devices for this key. The devices below keep working.`,
    none: 'Not in use',
    noneWorks: (product: string) => `Activate ${product} on a device, and it appears here.`,
    noneOver: 'No device is using this key.',
    sellerFrees: (seller: string) => `Only the seller can deactivate devices of this key. Ask ${seller}.`,
    sellerRenames: 'Only the seller can rename devices of this key.',
    seen: 'seen',
    notSeen: 'not seen yet',
    added: 'added',
    idle: (days: Count) => `idle ${n(days)} ${s(days, 'day')}`,
    idleHint: 'Devices that have been silent for long can be deactivated, to make room for another one.',
    version: (version: string) => `version ${version}`,
    rename: (device: string) => `Rename ${device}`,
    renameButton: 'Rename',
    name: 'Name',
    nameAbout: 'A name you will recognize. The seller sees it too.',
    nameMissing: 'Enter a name',
    renamed: 'Renamed',
    deactivate: 'Deactivate',
    deactivateOne: (device: string) => `Deactivate ${device}`,
    deactivateAsk: (device: string) => `Deactivate ${device}?`,
    stopsWorks: (product: string) =>
      `${product} stops working there until it is activated again. Its slot becomes free for another device.`,
    stopsOver: 'Its slot becomes free. The key cannot be used at the moment either way.',
    deactivated: (device: string) => `${device} was deactivated.`,
    undo: 'Undo',
    undoOne: (device: string) => `Undo: activate ${device} again`,
    undone: (device: string) => `${device} is active again.`,
    undoOver: 'The minute to undo this is over. Activate the device again in the software.',
    undoTaken: 'Another device took its slot meanwhile.',
    changedMeanwhile: (theirs: string) => `Somebody else changed this to ${theirs} meanwhile.`,
  },

  replace: {
    title: 'Use another device',
    /** When the software asked for a place and all are taken. */
    about: (product: string, limit: Count) =>
      limit === 1
        ? `Your license for ${product} works on one device at a time. Should the new one take its place?`
        : `Your license for ${product} works on ${n(limit)} devices at a time, and all are in use. Choose the one to be replaced.`,
    newDevice: 'New device',
    choose: 'Replace which device?',
    button: 'Replace it',
    warning: (product: string) => `${product} stops working on the device you choose, at its next check.`,
    doneTitle: 'Done',
    done: (device: string) => `${device} has its place now. Go back to the software and try again there.`,
    freeTitle: 'There is room',
    free: 'A place is free already. Go back to the software and try again there.',
    overTitle: 'This link does not work',
    over: 'It is too old, was not copied completely, or belongs to a key of another address. Try again in the software to get a new one.',
    notAllowed: (seller: string) => `Only the seller can free a place of this key. Ask ${seller}.`,
    cooldown: (day: string) => `A device was replaced only lately. You can replace another one from ${day} on.`,
    yearly: (count: Count, day: string) =>
      `${n(count)} ${s(count, 'device was', 'devices were')} replaced within a year, which is as many as the seller allows. The next one can be replaced from ${day} on.`,
    gone: 'The key does not take new devices at the moment.',
    leftThisYear: (left: Count) => `After this you can replace ${n(left)} more within a year.`,
  },

  handOn: {
    title: 'Hand this key on',
    about: 'If somebody else is to have it, say to which address. They are asked by mail, and have a week.',
    warning: (devices: Count) =>
      `Once they say yes, the key is theirs, with a new string: yours ends at once${
        devices === 0 ? '' : devices === 1 ? ', and its device is freed' : `, and its ${n(devices)} devices are freed`
      }. What you paid stays with you, and so does a subscription that pays for the key. Only the seller can undo it.`,
    to: 'E-mail address of the new owner',
    button: 'Offer the key',
    sent: 'A mail to them is on its way.',
    waitingTitle: 'You are handing this key on',
    waiting: (email: string, day: string) => `${email} may take it until ${day}. Until then the key stays yours.`,
    withdraw: 'Take it back',
    withdrawn: 'The offer was taken back.',
    notAllowed: 'Only the seller can hand this key on.',
    own: 'This is your own address.',
    tooOften: 'That was offered too often within a day. Try again tomorrow.',
    notNow: 'A key that does not work cannot be handed on.',
    takeTitle: (product: string) => `A license key for ${product}`,
    takeAbout: (from: string, seller: string) =>
      `${from} hands it on to you. When you take it, it is yours alone: you get a new key, and the devices that use it now are freed. The seller is ${seller}.`,
    take: 'Take the key',
    decline: 'No, thanks',
    takenTitle: 'The key is yours',
    taken: (email: string) => `It is on its way to ${email}, and stands among your purchases.`,
    declinedTitle: 'Not taken',
    declined: 'Nothing changes for whoever has the key.',
    overTitle: 'This offer is over',
    over: 'It was taken back, is older than a week, or was answered already.',
  },

  address: {
    change: 'Change address',
    title: 'Change your address',
    about: (email: string) =>
      `Everything you bought belongs to ${email}. To move it, name the new address; both mailboxes are asked.`,
    effect: 'Then you sign in with the new address, at every seller, and the old one opens nothing any more.',
    account: 'Your account as a member of an organization keeps its own address; only what you bought moves.',
    to: 'New e-mail address',
    button: 'Ask both mailboxes',
    own: 'This is your address already.',
    tooOften: 'That was asked for too often. Try again later.',
    sent: 'A mail is on its way to both.',
    waitingTitle: 'You are changing your address',
    waiting: (to: string, until: string) =>
      `It becomes ${to} as soon as both mailboxes say yes, until ${until}. Nothing changes before.`,
    saidYes: (email: string) => `${email} said yes.`,
    asked: (email: string) => `${email} has not answered yet.`,
    stop: 'Stop it',
    stopped: 'Stopped. Nothing was changed.',
    confirmTitle: 'Change the address?',
    confirmAbout: (from: string, to: string) =>
      `Everything that was bought with ${from} goes to ${to}: purchases, keys and devices, at every seller. Software goes on working.`,
    confirmOld: (from: string) => `${from} opens none of it any more, and browsers signed in with it are signed out.`,
    confirm: 'Yes, change it',
    decline: 'No, stop it',
    halfTitle: 'This mailbox said yes',
    half: (other: string) => `Now the other one: open the mail to ${other}. Until then nothing changes.`,
    doneTitle: 'The address was changed',
    done: (to: string) => `Everything is under ${to} now. Sign in with it to see it.`,
    overTitle: 'This link is over',
    over: 'It was stopped, is older than a day, or a newer one was asked for.',
    signIn: 'Sign in',
  },

  /** What stands around the text of a mail that brings a key, or is about one. */
  letter: {
    facts,
    expired: (end: string | null) => `This key does not work any more: it ended${end ? ` on ${end}` : ''}.`,
    disabled: (seller: string) => `This key does not work at present: ${seller} switched it off.`,
    revoked: (seller: string) => `This key does not work any more: ${seller} withdrew it, for example after a refund.`,
    noneWorks: 'None of these keys works any more.',
    someBroken: (broken: Count, all: Count) =>
      `${broken} of these ${all} keys ${broken === 1 ? 'does' : 'do'} not work any more; it stands beside ${broken === 1 ? 'it' : 'them'}.`,
    worksNoMore: 'It no longer works.',
    worksOn: (end: string) => `It works on until ${end}.`,
    oldWorks: (end: string) => `The old key still works where it is in use, until ${end}.`,
    oldOver: 'The old key no longer works.',
    endOf: (day: string) => `the end of ${day}`,
    whichKey: (last: string) => `It is the key that ends in ${last}.`,
    whichKeys: (count: Count, end: string) => `It is about ${count} keys, which all end at ${end}.`,
    purchases: 'Your purchases',
    findAgain: 'You can find this key again there, see its devices, and free one when you change computers.',
    findAllAgain: 'You can find these keys again there, see their devices, and free one.',
    whyIssued: (seller: string, to: string) =>
      `${seller} sent this to ${to} because a license key was issued to this address.`,
    whyAllIssued: (seller: string, to: string) =>
      `${seller} sent this to ${to} because license keys were issued to this address.`,
    whyKey: (seller: string, to: string, product: string) =>
      `${seller} sent this to ${to} because you have a license key for ${product}.`,
    whyBought: (product: string) => `You get this because you bought ${product} with this address.`,
    order: (reference: string) => `Order ${reference}`,
    subscription: (reference: string) => `Subscription ${reference}`,
    version: (version: string) => `Version ${version}.`,
    includes: (names: string) => `Includes ${names}.`,
    inFile: (count: Count, file: string) => `The ${count} keys are in the attached file ${file}, one in each row.`,
    reply: 'Questions? Reply to this e-mail or write to',
    see: 'Questions? See',
    stopReminders: 'Stop these reminders',
    howTo: 'How to activate',
  },

  approve: {
    title: 'Activate a device',
    codeAbout: 'Type the code that the software shows.',
    code: 'Code',
    codeButton: 'Go on',
    codeWrong: 'This code is not right, or no longer works. Look at what the software shows now.',
    tooMany: (when: string) => `Too many wrong codes. Try again ${when}.`,
    /** When software asks for a key: which device, from where, since when. */
    ask: (device: string) => `Activate ${device}?`,
    warningTitle: 'Did you start this yourself?',
    warning:
      'Go on only if the software showed you this code a moment ago. Whoever sends you a code wants to use your license.',
    seller: 'Seller',
    address: 'Network address',
    program: 'Program',
    asked: 'Asked',
    choose: 'With which key?',
    replaces: (device: string) => `Replace ${device}`,
    stops: 'The device you choose stops working at its next check.',
    no: {
      ended: 'Does not work at the moment.',
      blocked: 'Takes no new devices.',
      full: 'All devices are in use, and only the seller can free one.',
    },
    newest: (count: Count) => `Your ${n(count)} newest keys are shown.`,
    name: 'Name of the device',
    button: 'Activate the device',
    deny: 'Deny',
    chooseOne: 'Choose a key.',
    notTaken: 'This key takes no further device at the moment. Choose another one.',
    doneTitle: 'The device is activated',
    done: (device: string) => `Go back to the software on ${device}. It goes on by itself.`,
    deniedTitle: 'Denied',
    denied: 'Nothing was activated. You can close this page.',
    overTitle: 'This request is over',
    over: 'It is older than ten minutes, or somebody decided already. Start again in the software.',
    noneTitle: 'None of your keys fits',
    none: (seller: string, email: string) =>
      `${seller} has sold no key for this to ${email}. Did you buy with another address? Then sign in with that one.`,
    another: 'Type another code',
  },

  which: {
    title: 'Are these devices yours?',
    none: 'No devices',
    noneAbout: 'No device uses your key now. There is nothing to do.',
    /** Around the key. */
    aboutBefore: 'They use your license key',
    aboutAfter: (seller: string) => `from ${seller}. Take the tick away from those you do not know.`,
    over: 'This link does not work',
    overAbout: 'It was not copied completely, or its time is over. Nothing happens to your key.',
    unnamed: 'A device without a name',
    since: (day: string) => `since ${day}`,
    lastSeen: (day: string) => `last seen ${day}`,
    button: 'These are mine',
    consequence: 'Devices without a tick are freed: they stop at their next check.',
    thanks: 'Thank you.',
    freed: (count: Count) =>
      count === 0
        ? 'All devices go on working.'
        : `${count === 1 ? 'One device was' : `${n(count)} devices were`} freed; the others go on working.`,
  },

  reminders: {
    over: 'This link does not work',
    overAbout: 'It was not copied completely, or is from another time. Open it from the mail once more.',
    stopTitle: 'Stop reminders?',
    stoppedTitle: 'Reminders are stopped',
    /** Around the address. */
    stoppedBefore: (seller: string) => `${seller} no longer reminds`,
    stoppedAfter: 'of license keys that end. Mails with keys still arrive.',
    remindsBefore: (seller: string) => `${seller} reminds`,
    remindsAfter: 'before a license key ends.',
    stop: 'Stop reminders',
    again: 'Remind me again',
  },

  problems: {
    gone: 'This is not there any more. Open the page again.',
    notAllowed: 'Only the seller can do this.',
    mailedTooOften: 'This key was mailed 3 times within the hour. Look in your spam folder, or try later.',
    unexpected: 'Something went wrong on our side. Nothing was changed.',
    stale: 'This form is out of date. Open the page again.',
  },

  mail: {
    addressChanged: {
      subject: (seller: string) => `Your address at ${seller} was changed`,
      heading: 'Your address was changed',
      happened: (seller: string, address: string) =>
        `${seller} now keeps your purchases and license keys under ${address}. You can no longer see them with this address; your software keeps working.`,
      whatToDo: (helper: string) => `You did not ask for this? Write to ${helper}, and they can change it back.`,
      why: (seller: string) =>
        `You are receiving this because your license keys from ${seller} were kept under this address.`,
      here: 'This is your address now',
      cameHere: (seller: string, address: string) =>
        `${seller} now keeps the purchases and license keys that stood under ${address} under this address. Sign in with it to see them; the software keeps working.`,
      purchases: 'Your purchases',
      unknown: (helper: string) => `You bought nothing there? Write to ${helper}, and they can change it back.`,
      whyHere: (seller: string) => `You are receiving this because ${seller} entered this address for a customer.`,
    },
    addressMove: {
      heading: 'Confirm that your address changes',
      fromHere: (host: string, _from: string, to: string) =>
        `Somebody signed in with this address at ${host} asked for everything that was bought with it to go to ${to}: purchases, license keys and devices, at every seller. Afterwards nothing of it is seen with this address any more.`,
      toHere: (host: string, from: string, _to: string) =>
        `Whoever has ${from} at ${host} asked for everything they bought to go to this address: purchases, license keys and devices, at every seller.`,
      both: (hours: Count) =>
        `It happens once both mailboxes have said yes. The link works once, for ${n(hours)} hours; until then nothing changes.`,
      button: 'See and confirm',
      notYou:
        'This was not you? Then do not say yes, or you give your license keys away: open the link and stop it there.',
      unknown: 'You do not know what this is about? Then there is nothing to do.',
      why: (host: string) => `You get this because this address was named at ${host}.`,
    },
    addressMoved: {
      heading: 'Your address was changed',
      away: (host: string, to: string) =>
        `Both mailboxes said yes: what was bought with this address at ${host} is under ${to} now. Browsers signed in with this address see nothing of it any more. Your software goes on working.`,
      here: (host: string, from: string) => `What was bought with ${from} at ${host} is under this address now.`,
      account: 'Your account as a member of an organization keeps this address.',
      button: 'Your purchases',
      notYou: 'You did not say yes yourself? Write to those you bought from at once; they can take it back.',
      why: (host: string) => `You get this because it concerns what you bought at ${host}.`,
    },
    keysMoved: {
      away: 'Your license key was handed on',
      hereOne: 'A license key came to your address',
      hereMany: 'License keys came to your address',
      wentAway: (seller: string, product: string | null, address: string) =>
        `What stood under this address at ${seller}, ${product === null ? 'license keys' : `a license key for ${product}`}, was handed on to ${address}. With this address you no longer see it.`,
      cameHere: (seller: string, product: string | null, address: string) =>
        `${seller} now keeps ${product === null ? 'license keys' : `a license key for ${product}`}, which stood under ${address}, under this address.`,
      purchases: 'Your purchases',
      whatToDo: (helper: string) => `You did not expect this? Write to ${helper}, and they can change it back.`,
      why: (seller: string) => `You get this because license keys of ${seller} stood or stand under this address.`,
    },
    whichDevices: {
      subject: (seller: string) => `Are these devices yours? Your license key from ${seller}`,
      heading: 'Are these devices yours?',
      about: (key: string, count: Count) =>
        `Your license key ending in ${key} is used on ${count === 1 ? 'one device' : `${n(count)} devices`}. Please look whether you know all of them. Your key works as before, and no device is freed unless you say so.`,
      button: 'See the devices',
      questions: (helper: string) => `Questions? Write to ${helper}.`,
      why: (seller: string) => `You are receiving this because you have a license key from ${seller}.`,
    },
    keyOffered: {
      subject: (product: string, seller: string) => `A license key for ${product} is offered to you (${seller})`,
      heading: (product: string) => `A license key for ${product}`,
      about: (address: string, product: string, seller: string) =>
        `${address} wants to hand a license key for ${product} from ${seller} on to you. It becomes yours when you say so: you get a new key of your own, which works for nobody else.`,
      days: (days: Count) => `The link works once, within ${days} days.`,
      button: 'See the offer',
      ignore: 'You do not know what this is? Then you need do nothing.',
      why: (address: string) => `You get this because ${address} named your address.`,
    },
    offerSent: {
      subject: (product: string) => `You are handing on your license key for ${product}`,
      about: (product: string, address: string, days: Count) =>
        `${address} was asked whether they take your license key for ${product}. Once they say yes, within ${days} days, it is theirs: your key ends, and all your devices with it. Until then you can take it back on your page.`,
      button: 'See the key',
      notYou: (helper: string) => `It was not you? Take it back there at once, and write to ${helper}.`,
      why: (seller: string) => `You get this because you have a license key from ${seller}.`,
    },
    signIn: {
      subject: (seller: string | null) => (seller ? `Sign in to ${seller}` : 'Sign in to your account'),
      heading: 'Sign in',
      about: (seller: string | null, host: string) =>
        `Use the button to see your purchases and your license keys${seller ? ` from ${seller}` : ''}. It leads to ${host}.`,
      button: 'Sign in',
      code: 'Or type this code where you asked for this mail:',
      codeLine: (code: string) => `Or type this code where you asked for this mail: ${code}`,
      either: (minutes: Count) => `Either of them works once, for ${minutes} minutes.`,
      linkOnly: (minutes: Count) => `The link works once, for ${minutes} minutes.`,
      address: 'If the button does not work, open this address:',
      why: 'Didn’t ask for this? You can ignore this e-mail; nobody can sign in without it. Give the code to nobody.',
    },
  },

  account,
  accountMail,
  storeMail,
}

/** Everything that customers read, in one language. */
export type Words = typeof en
