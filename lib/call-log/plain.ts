import type { LicenseCode } from '../error-codes/schema.ts'

/** How long a call stays in the log. */
export const KEPT_DAYS = 7

/** The calls as people read them. */
export const callVerbs = { validate: 'Validate', activate: 'Activate', deactivate: 'Deactivate' } as const
export type CallVerb = keyof typeof callVerbs

/** Whether a call was answered with a yes. */
export const callOutcomes = { yes: 'Yes', no: 'No' } as const
export type CallOutcome = keyof typeof callOutcomes

/** A call as pages show it, whether it comes with the page or after it: moments are milliseconds. */
export type ShownCall = {
  id: string
  at: number
  /** When it was written, by the database's clock. */
  writtenAt: number
  verb: CallVerb
  code: LicenseCode
  valid: boolean
  /** How many calls with the same code it stands for. */
  standsFor: number
  licenseKey: { id: string; masked: string; configurationId: string; configuration: string; customer: string } | null
  activationId: string | null
  device: string | null
  fingerprint: string | null
  address: string | null
  dialect: string
  app: string | null
  durationMs: number
}

/** What of the log somebody wants to see. */
export type CallFilter = {
  outcomes?: CallOutcome[]
  codes?: LicenseCode[]
  licenseKeyId?: string | undefined
  configurationIds?: string[]
}

/** Where a page of the log ends; the next one goes on there. */
export type CallPlace = { writtenAt: number; id: string }
