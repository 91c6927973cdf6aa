import type { ConditionCode, FollowCode, RefusalCode, RepeatCode } from '../base/errors.ts'
import type { LicenseCode, RequestCode } from './schema.ts'

/** Every code that an answer of ours can carry. The page about one is /docs/errors/<CODE>. */
export type AnswerCode = LicenseCode | RequestCode | RefusalCode | RepeatCode | FollowCode | ConditionCode

/** What a page about a code says, in Markdown. */
export type Explanation = {
  /** One line, for lists. */
  summary: string
  happened: string
  program: string
  merchant: string
  /** What people may be told, in words they understand; null where they should notice nothing. */
  customer: string | null
}

const unknown =
  'Treat it as "unknown", never as a no: let people keep working with the last good answer for some days, wait as many seconds as `Retry-After` says, and ask again.'

/** What happened and what to do, for every code there is. */
export const explanations = {
  // ---------------------------------------------------------------- about a key: yes
  VALID: {
    summary: 'The key may be used.',
    happened:
      'Every check passed. `grace: true` says that the key has expired so recently that it still works. If `increment_usage` was sent, those uses are counted now.',
    program: 'Continue, and store the time of this answer: it is what the next "no answer" falls back on.',
    merchant: 'Nothing to do.',
    customer: null,
  },
  ACTIVATED: {
    summary: 'The device has a slot, new or as before.',
    happened:
      'The device holds a slot of the key. With a `fingerprint`, a device that is known gets the activation it has, and no second slot is taken.',
    program: 'Store the `id` of the answer and send it as `activation_id` from now on.',
    merchant: "Nothing to do. The device is on the key's page.",
    customer: null,
  },
  DEACTIVATED: {
    summary: "The device's slot is free.",
    happened: 'The activation has ended and its slot is free. Repeating it is not an error.',
    program: 'Forget the stored key and `activation_id`.',
    merchant: 'Nothing to do.',
    customer: 'You can activate another device now.',
  },
  // ---------------------------------------------------------------- about a key: no
  NOT_FOUND: {
    summary: 'There is no such key in this organization, or no such thing.',
    happened:
      'No key of this organization has that string. A key of another organization gives the same answer. In the management API it is any id that does not exist or is not yours.',
    program:
      'A definite no. Ask for the key again; spaces around it and lower case do no harm. If every key gets this answer, `organization_id` is wrong.',
    merchant: 'Search for the key under **License keys**. If it is not there, it was issued by someone else, or never.',
    customer: 'This license key is not known. Please copy it from the mail it came in.',
  },
  REPLACED: {
    summary: 'The key was given another string, and this one is over.',
    happened:
      'The key was rotated, for example because its string had become public. This old string may no longer be used, or not from here; nothing of the key is shown to whoever sends it. Polar, Dodo Payments and Lemon Squeezy have no such answer: their routes say that there is no such key.',
    program: 'A definite no for this string. Ask for the new one, and do not fall back on the last good answer.',
    merchant:
      'Search for the old string under **License keys**: it finds the key. **Resend mail** on its page sends the new string to the customer.',
    customer: 'This license key was replaced by a new one. Please use the one in our latest mail.',
  },
  REVOKED: {
    summary: 'The key was taken back for good.',
    happened: 'The key was revoked: after a refund, because its subscription ended, or by hand.',
    program: 'A definite no, and no grace: forget the last good answer.',
    merchant: "The key's history says who revoked it and why. **Restore** on its page brings it back.",
    customer: 'This license has ended. If you think that is wrong, please write to us.',
  },
  DISABLED: {
    summary: 'The key is switched off for now.',
    happened: 'Someone in the organization disabled the key. Its devices keep their slots.',
    program: 'A definite no. Ask again at the next start, because the key can be enabled again.',
    merchant: "The key's history says who disabled it and why. **Enable** on its page makes it work immediately.",
    customer: 'This license is switched off. Please write to us.',
  },
  EXPIRED: {
    summary: 'The key is past its date and its grace period.',
    happened: '`expires_at` has passed, and so have the days of grace the configuration allows after it.',
    program: 'A definite no. Offer to renew, and say when it expired: `expires_at` is in the answer of `validate`.',
    merchant:
      "**Edit** on the key's page gives it another date. A longer grace period in the configuration holds for its keys too.",
    customer: 'Your license has expired. Renew it to continue.',
  },
  PRODUCT_MISMATCH: {
    summary: 'The key is for another product.',
    happened:
      'The program asked for keys of one product (`product_id`), and this one was issued for another, or for none.',
    program: 'A definite no for this product. Free the device if it was just activated.',
    merchant: 'A key issued by hand carries a product only if one was chosen. Issue it again for the right product.',
    customer: 'This license key is for another product of ours.',
  },
  CONFIGURATION_MISMATCH: {
    summary: 'The key is of another key configuration.',
    happened: 'The program asked for keys of one configuration (`benefit_id`), and this one belongs to another.',
    program: 'A definite no. A product with several configurations is better asked for by `product_id`.',
    merchant: "Compare the configuration on the key's page with the id in your program.",
    customer: 'This license key is for another product or plan of ours.',
  },
  CUSTOMER_MISMATCH: {
    summary: "The key is another customer's.",
    happened: 'The program asked for the key of one customer (`customer_id`), and this one belongs to somebody else.',
    program: 'A definite no for this account.',
    merchant: "The key's page names its customer.",
    customer: 'This license key belongs to another account.',
  },
  ACTIVATION_REQUIRED: {
    summary: 'The key is only valid on an activated device.',
    happened:
      'The configuration requires an activation, and the question named neither `activation_id` nor `fingerprint`.',
    program: 'Call `activate` first, store the `id`, and send it with each validation.',
    merchant: 'Nothing is wrong with the key. **Require an activation** is a setting of the configuration.',
    customer: 'Please activate this device.',
  },
  ACTIVATIONS_OFF: {
    summary: 'The key takes no devices.',
    happened: 'The configuration, or this one key, has devices switched off, so there is nothing to activate.',
    program: 'Validate without an activation.',
    merchant: 'To count devices, switch them on in the configuration.',
    customer: null,
  },
  ACTIVATION_NOT_FOUND: {
    summary: 'Not a device of this key, or no longer.',
    happened:
      'The key has no live activation with that `activation_id` or `fingerprint`. Most often the device was deactivated: by its owner on the purchases page, or by you.',
    program: 'A definite no for this device. Forget the stored `activation_id` and offer to activate again.',
    merchant: "The key's page lists its devices, and its history says who deactivated this one.",
    customer: 'This device was deactivated. Activate it again to continue.',
  },
  CONDITIONS_MISMATCH: {
    summary: 'Other conditions than at activation.',
    happened:
      'The device was activated with `conditions`, and this validation sent others or none. They must be equal, whatever the order of their names.',
    program:
      'Send the same `conditions` as at activation. If they changed for a reason (a new major version), deactivate and activate with the new ones.',
    merchant: 'Conditions are your own: what your program sends decides.',
    customer: 'This license is not for this version.',
  },
  ENTITLEMENT_MISSING: {
    summary: 'The key lacks a feature that was asked for.',
    happened:
      'The program asked for `entitlements`, and the key does not have all of them. `detail` names those that are missing.',
    program: 'Lock that feature only. The rest of the program may ask without `entitlements`.',
    merchant: 'Entitlements are a setting of the configuration and hold for all its keys.',
    customer: 'Your license does not include this feature.',
  },
  USAGE_LIMIT_REACHED: {
    summary: 'Not enough uses are left.',
    happened: '`increment_usage` asked for more uses than are left. None was counted.',
    program: 'Refuse what would have used it. `retry_after` says in how many seconds uses start again, where they do.',
    merchant: "Raise the limit in the configuration, or on the key's page for one customer.",
    customer: 'You have used up your plan. It resets with the next period.',
  },
  NEW_DEVICES_BLOCKED: {
    summary: 'The key accepts no further devices.',
    happened: 'Someone in the organization blocked new devices for this key. The devices it has keep working.',
    program: 'A definite no for this device.',
    merchant: "**Edit** on the key's page allows new devices again.",
    customer: 'This license takes no new devices. Please write to us.',
  },
  ACTIVATION_LIMIT_REACHED: {
    summary: 'Every device slot is taken.',
    happened: 'As many devices hold a slot as the key allows.',
    program:
      'Offer to replace a device: send its activation as `replace_activation_id`, which swaps the two in one step. Or open `manage_url` in the browser, where the owner of the key chooses one, and ask again.',
    merchant: "Free a device on the key's page, or raise the limit there.",
    customer: 'All your devices are in use. Deactivate one first.',
  },
  // ---------------------------------------------------------------- about the request
  INVALID_JSON: {
    summary: 'The body is not a JSON object in UTF-8.',
    happened: 'What was sent could not be read as JSON: empty, cut off, form-encoded, or in another encoding.',
    program: 'A bug in the program. Send `JSON.stringify` of an object, or what your language has for it.',
    merchant: 'There is nothing to do here; the program needs an update.',
    customer: null,
  },
  ROUTE_NOT_FOUND: {
    summary: 'There is no such address.',
    happened: 'The path is none of ours.',
    program:
      'A bug in the program: compare the address. It ends in `/api/license/validate`, `activate` or `deactivate`.',
    merchant: 'There is nothing to do here; the program needs an update.',
    customer: null,
  },
  METHOD_NOT_ALLOWED: {
    summary: 'The address wants another method.',
    happened: 'The address exists, but not for this method. The header `Allow` names those it takes.',
    program:
      'A bug in the program: the three license calls are `POST`. Some clients turn a redirected `POST` into a `GET`; use the final address.',
    merchant: 'If a proxy redirects http to https, give your program the https address.',
    customer: null,
  },
  PAYLOAD_TOO_LARGE: {
    summary: 'The body is too large.',
    happened: 'A license call may have at most 64 KB.',
    program: 'A bug in the program: put less into `conditions` and `meta`.',
    merchant: 'There is nothing to do here; the program needs an update.',
    customer: null,
  },
  INVALID_INPUT: {
    summary: 'A field is missing or wrong.',
    happened: 'The body is JSON, but not all of its fields are right. `issues` has a `path` and a `message` for each.',
    program: 'A bug in the program, or an empty key: check that something was entered before asking.',
    merchant: 'There is nothing to do here; the program needs an update.',
    customer: null,
  },
  IDEMPOTENCY_KEY_REUSED: {
    summary: 'This Idempotency-Key belongs to another request.',
    happened: 'Within 24 hours the same `Idempotency-Key` came with another body. Nothing was done.',
    program: 'Make a new random key for each new request, and keep it only for repetitions of that one.',
    merchant: 'There is nothing to do here; the program needs an update.',
    customer: null,
  },
  AUTHORIZATION_PENDING: {
    summary: 'Nobody has approved or denied this device yet.',
    happened:
      'The program showed a code, and asks whether somebody decided in a browser. `error` has the name of RFC 8628, `authorization_pending`.',
    program: 'Ask again after as many seconds as `interval` says, until another answer comes.',
    merchant: 'Nothing to do.',
    customer: null,
  },
  SLOW_DOWN: {
    summary: 'The program asks too often whether somebody decided.',
    happened: 'It asked before its interval was over. The interval is five seconds longer now, a minute at most.',
    program: 'Wait as many seconds as `interval` says from now on, then go on asking.',
    merchant: 'There is nothing to do here; the program needs an update.',
    customer: null,
  },
  ACCESS_DENIED: {
    summary: 'Somebody denied this device, or took its place back.',
    happened: 'In the browser, the person with the code pressed **Deny**; or freed the device again before it asked.',
    program: 'Stop asking. Offer to begin anew, or to enter a key.',
    merchant: 'Nothing to do.',
    customer: 'The request was denied. Start again if that was a mistake.',
  },
  EXPIRED_TOKEN: {
    summary: 'The code of this device is used or too old.',
    happened:
      'A code is good for ten minutes and gives one activation. An answer that was lost is given again for a minute.',
    program: 'Stop asking, and offer to begin anew with another code.',
    merchant: 'Nothing to do.',
    customer: 'The code has expired. Please start again.',
  },
  RATE_LIMITED: {
    summary: 'Too many requests for now.',
    happened:
      'One address, one key or one API key asked more often than the server allows; or one address asked for many keys that nobody has. It says nothing about the key.',
    program: unknown,
    merchant:
      'If many customers share one address (a school, a company), raise the limits in the settings of the server.',
    customer: null,
  },
  INTERNAL_ERROR: {
    summary: 'An error on our side.',
    happened: 'Something went wrong in Latchkey. Nothing was changed. It says nothing about the key.',
    program: unknown,
    merchant: 'Look for `request_id` in the log of the server; it stands beside the cause.',
    customer: null,
  },
  UNAVAILABLE: {
    summary: 'The server cannot answer right now.',
    happened:
      'The database cannot be reached, or more calls are waiting than can be answered in time. It says nothing about the key.',
    program: unknown,
    merchant: 'Look at `/api/ready` and at the database. `npm run doctor` on the server checks both.',
    customer: null,
  },
  // ---------------------------------------------------------------- the management API alone
  UNAUTHORIZED: {
    summary: 'No API key, or one that does not work.',
    happened: 'The request carried no API key, or one that was revoked, has expired, or never existed.',
    program: 'Send `Authorization: Bearer` and the API key. The license calls need none.',
    merchant: 'Make a new API key in the settings of the organization.',
    customer: null,
  },
  FORBIDDEN: {
    summary: 'The API key lacks a scope, or the member a role.',
    happened: 'Who asks is known, but may not do this. `detail` names the scope that is needed.',
    program: 'Use an API key with that scope.',
    merchant: 'Make an API key with the scope, or ask an owner for another role.',
    customer: null,
  },
  CONFLICT: {
    summary: 'It contradicts what is there.',
    happened: 'The name is taken, or the record is in a state in which this cannot be done. `detail` says which.',
    program: 'Read the record again and decide again. Repeating the same request gives the same answer.',
    merchant: 'Choose another name, or bring the record into the state that `detail` asks for.',
    customer: null,
  },
  IN_USE: {
    summary: 'Something still depends on it.',
    happened: 'The record cannot go while others need it. `detail` says which.',
    program: 'Archive it instead, or move what depends on it first.',
    merchant: 'Archive it instead: archived configurations issue no keys, and those they have issued keep working.',
    customer: null,
  },
  REQUEST_IN_PROGRESS: {
    summary: 'The same request is still running.',
    happened: 'A request with this `Idempotency-Key` came before and has no answer yet.',
    program: 'Wait as many seconds as `Retry-After` says and send it again: then it gets the answer of the first one.',
    merchant: 'Nothing to do.',
    customer: null,
  },
  CURSOR_LOST: {
    summary: 'The event that a cursor names is gone.',
    happened:
      "Following events goes on after the last one that was seen. The event of this cursor is not in the database: it was restored from a backup that is older, or the cursor is another organization's.",
    program:
      'Read with `GET /api/v1/events` what happened since about the time of the backup, then follow on with `after=now`. The answer never skips events in silence.',
    merchant: 'Say when the database was restored, and from which backup.',
    customer: null,
  },
  PRECONDITION_FAILED: {
    summary: 'It was changed after it was read.',
    happened:
      'The request had an `If-Match` header, and what it is about no longer has that ETag: somebody changed it in between. Nothing was changed by this request. The ETag it has now is in the header `ETag` of the answer.',
    program: 'Read it again, decide anew with what it is now, and send the change with the new ETag.',
    merchant: 'Nothing to do. The history shows who changed it.',
    customer: null,
  },
  UNKNOWN_VERSION: {
    summary: 'The API has no version of that date.',
    happened:
      'The header `Latchkey-Version` names a date that is no version of the API. The answer lists those there are.',
    program: 'Send one of the versions the answer lists, or leave the header out.',
    merchant: 'Nothing to do.',
    customer: null,
  },
  ANSWER_LOST: {
    summary: 'The request was carried out, but its answer was lost.',
    happened:
      'A request with this `Idempotency-Key` was carried out and cut off before it was answered, for example because the server was stopped.',
    program: 'Do not send it under a new key: look at what it changed. The events of that minute name it.',
    merchant: 'The history shows what the API key changed.',
    customer: null,
  },
} as const satisfies Record<AnswerCode, Explanation>

/** Every code, those about keys first. */
export const answerCodes = Object.keys(explanations) as AnswerCode[]

/** Is there a page about this code? */
export const isAnswerCode = (text: string): text is AnswerCode => Object.hasOwn(explanations, text)
