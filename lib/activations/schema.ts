import { z } from 'zod'
import { Text } from '../base/json.ts'
import { tidyLine } from '../base/text.ts'
import type { ActivationAnswer, KeyAnswer } from '../license-keys/schema.ts'

export const ActivationId = z.object({ activationId: z.uuid() })

export const RenameActivation = z.object({
  activationId: z.uuid(),
  label: Text(256).overwrite(tidyLine).min(1, 'Enter a name'),
})

/** An activation as programs of the organization see it; its conditions are never shown. */
export type ActivationRecord = ActivationAnswer & {
  number: number
  externalId: string | null
  validations: number
  lastValidatedAt: Date | null
  deactivatedAt: Date | null
}

/** What programs can sort activations by. */
const activationRecordSorts = ['createdAt', 'label'] as const

export type ActivationRecordSort = (typeof activationRecordSorts)[number]

/** What software is told that asks for a key. */
export type DeviceCode = {
  deviceCode: string
  userCode: string
  url: string
  urlWithCode: string
  expiresInSeconds: number
  intervalSeconds: number
}

/** What software learns that asks; with the activation it is as if it had sent a key itself. */
export type DeviceToken =
  | { answer: 'pending' | 'slow_down'; intervalSeconds: number }
  | { answer: 'denied' | 'expired' | 'unknown' }
  | { answer: 'approved'; key: KeyAnswer; activation: ActivationAnswer; grace: boolean }
