import type { RefusedCall } from './plain.ts'

/** The address of the simulator that asks what a refused call asked, at the moment it was asked. */
export function simulationOf({ verb, asked, lastAt }: Pick<RefusedCall, 'verb' | 'asked' | 'lastAt'>) {
  const json = (value: object | undefined) =>
    value && Object.keys(value).length > 0 ? JSON.stringify(value) : undefined
  return {
    verb,
    at: lastAt.toISOString().slice(0, 16),
    device: asked.activation_id,
    fingerprint: asked.fingerprint,
    replace: asked.replace_activation_id,
    conditions: json(asked.conditions),
    product: asked.product_id,
    configuration: asked.benefit_id,
    customer: asked.customer_id,
    entitlements: asked.entitlements?.join(', '),
    uses: asked.increment_usage,
  }
}
