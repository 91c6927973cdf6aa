import { z } from 'zod'
import { StoredObject, Text } from '../base/json.ts'
import { INT4_MAX } from '../base/numbers.ts'
import { tidyLabel } from '../base/text.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import type { ActivationAnswer, KeyAnswer } from '../license-keys/schema.ts'
import type { Verdict } from './rules.ts'

const Key = Text(512, 1)

// Of any version: other systems make them too.
const Id = z.guid()

const Fingerprint = Text(256, 1)

const Label = Text(256).overwrite(tidyLabel)

/** Vendors' dialects name no organization: null finds the key in whichever it is. */
type AnyOrganization<Call> = Omit<Call, 'organization_id'> & { organization_id: string | null }

/** POST /api/license/validate. null means the same as leaving a field out, as vendors' clients send it. */
export const ValidateCall = z.object({
  key: Key,
  organization_id: Id,
  activation_id: Id.nullish(),
  fingerprint: Fingerprint.nullish(),
  conditions: StoredObject.nullish(),
  increment_usage: z.int().min(0).max(INT4_MAX).nullish(),
  benefit_id: Id.nullish(),
  product_id: Id.nullish(),
  customer_id: Id.nullish(),
  entitlements: z.array(Text(40, 1)).max(50).nullish(),
})

export type ValidateCall = AnyOrganization<z.infer<typeof ValidateCall>>

/** POST /api/license/activate. */
export const ActivateCall = z.object({
  key: Key,
  organization_id: Id,
  label: Label,
  fingerprint: Fingerprint.nullish(),
  conditions: StoredObject.nullish(),
  meta: StoredObject.nullish(),
  replace_activation_id: Id.nullish(),
})

/** `repeated`: the client says that it sent this before and got no answer. */
export type ActivateCall = AnyOrganization<z.infer<typeof ActivateCall>> & { repeated?: boolean | undefined }

/** POST /api/license/device-code: an activation whose key somebody chooses in a browser; only of this product or configuration, where named. */
export const DeviceCodeCall = ActivateCall.pick({
  ...{ organization_id: true, label: true, fingerprint: true, conditions: true, meta: true },
}).extend({ product_id: Id.nullish(), benefit_id: Id.nullish() })

export type DeviceCodeCall = z.infer<typeof DeviceCodeCall>

/** POST /api/license/device-token: whether that was approved. */
export const DeviceTokenCall = z.object({ device_code: Text(200, 1) })

export type DeviceTokenCall = z.infer<typeof DeviceTokenCall>

/** POST /api/license/deactivate. */
export const DeactivateCall = z.object({ key: Key, organization_id: Id, activation_id: Id })

export type DeactivateCall = AnyOrganization<z.infer<typeof DeactivateCall>>

/** What a call came to. A dialect spells it; an unknown key shows nothing. */
export type LicenseOutcome<Code extends LicenseCode = LicenseCode> = {
  verdict: Verdict<Code>
  key: KeyAnswer | null
  activation: ActivationAnswer | null
  /** Whose string it was where nothing of the key is shown; for the seller, never for whoever asks. */
  of?: { organizationId: string; licenseKeyId: string }
  /** Of an activation that was refused: the owner of the key may give another device's place to it. */
  mayReplace?: boolean
  /** Where they do. */
  manageUrl?: string
}
