import '#server-only'
import { log } from '../base/log.ts'
import { howToServe } from './rules.ts'

type Kept<Value> = { value: Value; at: number; tookMs: number; isRenewing: boolean }

// So many organizations' figures stay in memory; those that were not asked for longest go first.
const MOST = 200
// Next loads this twice in one process.
const memory = globalThis as typeof globalThis & { keptFigures?: Map<string, Kept<unknown>> }
memory.keptFigures ??= new Map()

/**
 * Figures that go through all of an organization's rows. Where reading them takes no time they are read each time; where it does, what was
 * read before is shown at once, and read again when somebody looks and it is more than a minute old.
 */
export async function kept<Value>(
  name: string,
  read: () => Promise<Value>,
  clock: () => number = Date.now,
): Promise<{ value: Value; at: Date }> {
  const all = memory.keptFigures as Map<string, Kept<Value>>
  const renew = async (): Promise<Kept<Value>> => {
    const at = clock()
    const value = await read()
    const fresh = { value, at, tookMs: clock() - at, isRenewing: false }
    all.delete(name)
    all.set(name, fresh)
    const [oldest] = all.keys()
    if (all.size > MOST && oldest !== undefined) all.delete(oldest)
    return fresh
  }
  const known = all.get(name)
  const how = howToServe(known, clock())
  if (!known || how === 'read') {
    const { value, at } = await renew()
    return { value, at: new Date(at) }
  }
  if (how === 'renew' && !known.isRenewing) {
    known.isRenewing = true
    renew().catch((err) => {
      known.isRenewing = false
      log.error({ err }, 'figures of an overview could not be read')
    })
  }
  return { value: known.value, at: new Date(known.at) }
}
