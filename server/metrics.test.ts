import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { added, allSnapshots, type Snapshot } from '#lib/base/metrics.ts'
import { gatherMetrics } from './metrics.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const gather = gatherMetrics('primary')

async function start(): Promise<ChildProcess> {
  const child = fork(path.join(import.meta.dirname, '../e2e/counting-child.ts'), {
    env: { ...process.env, LATCHKEY_METRICS_LINK: '1' },
  })
  children.push(child)
  gather(child)
  await told(child, 'ready')
  return child
}

const told = async (child: ChildProcess, what: string) => {
  for (;;) {
    const [message] = await once(child, 'message')
    if (what in message) return message[what]
  }
}

async function countIn(child: ChildProcess, times: number) {
  child.send({ count: times })
  await told(child, 'counted')
}

const mails = (snapshots: Snapshot[]) => added(snapshots).counts.find(({ counter }) => counter === 'mails')?.n

test('whichever process is asked, it says what all have counted; what ended is not forgotten', async () => {
  const [one, two] = [await start(), await start()]
  await countIn(one, 3)
  await countIn(two, 4)
  for (const child of [one, two]) {
    child.send({ all: true })
    const snapshots = await told(child, 'snapshots')
    expect(mails(snapshots)).toBe(7)
    expect(snapshots.map(({ process }: Snapshot) => process).sort()).toEqual(['child', 'child', 'primary'])
  }
  expect(mails(await allSnapshots())).toBe(7)

  two.kill('SIGKILL')
  await once(two, 'exit')
  const three = await start()
  await countIn(three, 2)
  const after = await allSnapshots()
  expect(mails(after)).toBe(9)
  // Of one that ended only counts are left.
  expect(after.filter(({ process }) => process === 'ended')).toMatchObject([{ gauges: [] }])

  // One that is busy counts with what it said last.
  one.send({ hang: true })
  expect(mails(await allSnapshots())).toBe(9)
})
