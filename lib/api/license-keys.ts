import '#server-only'
import type { Endpoint } from './endpoint.ts'
import { disable, enable, extend, mail, restore, revoke, rotate, transfer, update } from './license-keys-change.ts'
import { changeMany } from './license-keys-change-many.ts'
import { get, list, lookUp } from './license-keys-find.ts'
import { issue, issueMany } from './license-keys-issue.ts'
import { simulate } from './license-keys-simulate.ts'

/** What programs may do with license keys, in the order of the reference. */
export const licenseKeyEndpoints: readonly Endpoint[] = [
  list,
  issue,
  issueMany,
  changeMany,
  lookUp,
  get,
  update,
  disable,
  enable,
  revoke,
  restore,
  rotate,
  extend,
  transfer,
  mail,
  simulate,
]
