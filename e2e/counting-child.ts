// A process as server/cluster.ts starts them, for server/metrics.test.ts: counts what it is told to, and says what all have counted.
import { allSnapshots, count } from '#lib/base/metrics.ts'
import { joinMetrics } from '../server/metrics.ts'

joinMetrics('child')
process.on('message', async (message: { count?: number; all?: true; hang?: true }) => {
  for (let n = 0; n < (message.count ?? 0); n++) count('mails', 'sent')
  if (message.count) process.send?.({ counted: true })
  if (message.all) process.send?.({ snapshots: await allSnapshots() })
  // Busy, so that it answers nobody.
  if (message.hang) for (const until = Date.now() + 2_500; Date.now() < until; );
})
process.send?.({ ready: true })
