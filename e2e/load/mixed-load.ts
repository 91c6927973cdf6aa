// Load of every kind on two processes, written into ledgers as it is answered.
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '#lib/base/ids.ts'
import { callAction } from '../actions.ts'
import type { AppProcess } from '../app-process.ts'
import type { Organization } from '../organization.ts'
import { type Call, caller, inParallel, type Said } from './caller.ts'
import { type Issue, type KeyLedger, meaningOf } from './ledger.ts'

const WORKERS = 24

type Target = { apps: () => AppProcess[]; shop: Organization; configurationId: string; cookie: string }

const pick = <T>(items: T[]): T => items[Math.floor(Math.random() * items.length)] as T
const of = ({ key }: KeyLedger) => ({ key: key.key, organization_id: key.organization_id })

/**
 * Starts activations, deactivations, validations, metered ones and issues, some of the calls with an Idempotency-Key. `end` stops them and
 * sends again what had such a key and got no answer: then it must have happened exactly once.
 */
export function startLoad(target: Target, ledgers: KeyLedger[], issues: Issue[]) {
  const totals = { answered: 0, cutOff: 0, slowestMs: 0 }
  const callers = target.apps().map(({ url }) => caller(url, WORKERS))
  const repeats: ((call: Call) => Promise<void>)[] = []
  let isOver = false
  let number = 0

  const timed =
    (call: Call): Call =>
    async (...args) => {
      const began = performance.now()
      const answer = await call(...args)
      totals.slowestMs = Math.max(totals.slowestMs, performance.now() - began)
      if (meaningOf(answer) === 'unsure') totals.cutOff++
      else totals.answered++
      return answer
    }

  /** Sends a call; one with a name is sent again when it was cut off, and only then is it known what came of it. */
  async function once(
    call: Call,
    name: string | null,
    send: (call: Call, headers?: Record<string, string>) => Promise<Said>,
    settle: (answer: Said) => void,
  ) {
    if (name === null) return settle(await send(call))
    const headers = { 'idempotency-key': name }
    const answer = await send(call, headers)
    if (meaningOf(answer) !== 'unsure') return settle(answer)
    repeats.push(async (again) => {
      let repeated = await send(again, headers)
      for (let i = 0; meaningOf(repeated) === 'unsure' && i < 20; i++) {
        await sleep(250)
        repeated = await send(again, headers)
      }
      settle(repeated)
    })
  }

  function validate(call: Call, ledger: KeyLedger) {
    const uses = Math.floor(Math.random() * 4)
    const name = Math.random() < 0.3 ? `validate-${++number}` : null
    const body = { ...of(ledger), ...(uses && { increment_usage: uses }) }
    return once(
      call,
      name,
      (call, headers) => call('validate', body, headers),
      (answer) => {
        const meaning = meaningOf(answer)
        if (meaning === 'refused') return
        const as = meaning === 'done' ? 'sure' : 'unsure'
        ledger.validations[as]++
        ledger.usage[as] += uses
      },
    )
  }

  function activate(call: Call, ledger: KeyLedger) {
    const label = `Device ${++number}`
    ledger.devices.set(label, { id: null, state: 'unsure' })
    return once(
      call,
      Math.random() < 0.5 ? label.replace(' ', '-') : null,
      (call, headers) => call('activate', { ...of(ledger), label }, headers),
      (answer) => {
        const meaning = meaningOf(answer)
        if (meaning === 'done') ledger.devices.set(label, { id: answer?.json.id, state: 'live' })
        // The audit takes a device that it does not know for a fault.
        if (meaning === 'refused') ledger.devices.delete(label)
      },
    )
  }

  async function deactivate(call: Call, ledger: KeyLedger) {
    const device = pick([...ledger.devices.values()].filter(({ state }) => state === 'live'))
    if (!device) return
    device.state = 'unsure'
    const answer = await call('deactivate', { ...of(ledger), activation_id: device.id })
    if (meaningOf(answer) === 'done') device.state = 'gone'
  }

  /** As a merchant does it, in the dashboard. */
  async function issue(app: AppProcess) {
    const { shop, configurationId, cookie } = target
    const made: Issue = { email: `customer-${newId()}@example.com`, licenseKeyId: null, keyString: null }
    issues.push(made)
    const answer = await Promise.race([
      callAction('app/dashboard/[organization]/license-keys/new/actions.ts#issueKey', {
        ids: { slug: shop.slug, configurationId },
        fields: { organization: shop.slug, keyConfigurationId: configurationId, customerEmail: made.email },
        base: app.url,
        cookie,
      }).catch(() => null),
      sleep(30_000, null),
    ])
    if (!answer?.isOk) return
    made.licenseKeyId = /"licenseKeyId":"([^"]+)"/.exec(answer.body)?.[1] ?? null
    made.keyString = /"keyString":"([^"]+)"/.exec(answer.body)?.[1] ?? null
  }

  const running = inParallel(WORKERS, WORKERS, async (worker) => {
    const at = worker % callers.length
    const call = timed(callers[at] as Call)
    while (!isOver) {
      const cutOff = totals.cutOff
      const dice = Math.random()
      if (dice < 0.03) await issue(target.apps()[at] as AppProcess)
      else if (dice < 0.3) await activate(call, pick(ledgers))
      else if (dice < 0.5) await deactivate(call, pick(ledgers))
      else await validate(call, pick(ledgers))
      // A process that is gone refuses at once; asking it without a pause would only make heat.
      if (totals.cutOff > cutOff) await sleep(20)
    }
  })

  return {
    answered: () => totals.answered,
    end: async () => {
      isOver = true
      await running
      await inParallel(repeats.length, 4, (i) => repeats[i]?.(callers[i % callers.length] as Call) ?? Promise.resolve())
      for (const { close } of callers) close()
      return totals
    },
  }
}
