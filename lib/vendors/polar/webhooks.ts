import type { KeyConfigurationRecord } from '../../key-configurations/schema.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import type { PolarType } from '../../webhooks/formats.ts'
import { writeGrant } from './benefits.ts'

/**
 * A message as Polar sends it to webhook endpoints. Polar has no events of keys: a key is the grant of its benefit, and its string is read
 * by its id.
 */
export const writePolarMessage = (
  type: PolarType,
  at: Date,
  key: KeyRecord,
  configuration: KeyConfigurationRecord,
) => ({
  type,
  timestamp: at.toISOString(),
  data: writeGrant(key, configuration),
})
