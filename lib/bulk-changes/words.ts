import type { BulkStatus } from '#prisma/enums.ts'
import { dayWords } from '../license-keys/look.ts'
import { actionWords, type BulkCounts } from './plain.ts'
import type { BulkAction, KeptAction } from './schema.ts'

// What a change is called and what it does, for people.

const keysWords = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'key' : 'keys'}`
const unitWords = (count: number, unit: string) => `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`

/** A change as a title: what it is about to do, or has done. */
export function titleOf(
  action: KeptAction,
  { status, total, counts }: { status: BulkStatus; total: number; counts: BulkCounts },
): string {
  if (action.action === 'own') return action.label
  if (action.action === 'configure') return status === 'running' ? `Changing ${action.name}` : `${action.name} changed`
  const { doing, done } = actionWords[action.action]
  if (status === 'running') return `${doing} ${keysWords(total)}`
  const reached = counts.changed + counts.undone + counts.left
  return reached === 0 ? `No keys ${done}` : `${keysWords(reached)} ${done}`
}

/** What happens to each key, as a sentence's rest; empty where the title says it all. */
export function actionInWords(
  action: KeptAction,
  names: {
    configurations: ReadonlyMap<string, { name: string }>
    products: ReadonlyMap<string, { name: string }>
  },
): string {
  switch (action.action) {
    case 'restore':
      return action.hold ? 'Kept although their purchase has ended' : ''
    case 'extend':
      return endInWords(action.to)
    case 'limits':
      return limitsInWords(action)
    case 'move': {
      const to = names.configurations.get(action.keyConfigurationId)?.name ?? 'another configuration'
      const product = action.productId && names.products.get(action.productId)?.name
      return `To ${to}${product ? `, sold as ${product}` : ''}${action.expiry === 'configuration' ? ', with the end it gives' : ''}`
    }
    case 'tag':
      return [
        action.add.length > 0 && `Added: ${action.add.join(', ')}`,
        action.remove.length > 0 && `Removed: ${action.remove.join(', ')}`,
      ]
        .filter(Boolean)
        .join('. ')
    case 'configure':
      return (action.done?.changes ?? []).join('. ')
    default:
      return ''
  }
}

function endInWords(to: Extract<BulkAction, { action: 'extend' }>['to']): string {
  if (to === null) return 'They never end'
  if (typeof to === 'string') return `They end after ${dayWords(new Date(`${to}T00:00:00Z`))}`
  return `${unitWords(to.count, to.unit)} longer`
}

function limitsInWords({ activations, usageLimit }: Extract<BulkAction, { action: 'limits' }>): string {
  const devices =
    activations === undefined
      ? null
      : activations === 'configuration'
        ? 'Devices as configured'
        : activations.mode === 'limited'
          ? unitWords(activations.limit, 'device')
          : activations.mode === 'off'
            ? 'No devices'
            : 'Any number of devices'
  const usage =
    usageLimit === undefined
      ? null
      : usageLimit === 'configuration'
        ? 'Usage as configured'
        : usageLimit === null
          ? 'Unlimited usage'
          : unitWords(usageLimit, 'use')
  return [devices, usage].filter(Boolean).join('. ')
}

/** What taking something back has come to. */
export function undoneWords({ isDone, counts }: { isDone: boolean; counts: BulkCounts }): string {
  const { undone, left } = counts
  if (isDone && undone + left === 0) return 'Undone'
  if (!isDone) return 'It is taken back in the background'
  if (undone === 0)
    return left === 1 ? 'Left as it is: it was changed since' : 'Left as they are: all were changed since'
  const others = left === 1 ? 'one was' : `${left.toLocaleString('en')} were`
  return left === 0
    ? `Undone for ${keysWords(undone)}`
    : `Undone for ${keysWords(undone)}; ${others} changed since and left alone`
}
