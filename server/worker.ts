// npm run worker: background jobs without the pages, beside app processes that run with LATCHKEY_ROLE=web.
import { build } from './build.ts'
import { openDatabase, prepareDatabase } from './database/open.ts'
import { loadEnvironment } from './environment.ts'
import { onStop, run, untilStopped } from './lifecycle.ts'
import { joinMetrics } from './metrics.ts'
import { stopJobs } from './pages.ts'

await run(async () => {
  const environment = loadEnvironment('production')
  process.env.LATCHKEY_ROLE = 'worker'
  await build()
  joinMetrics('jobs')
  const { url } = await openDatabase(environment)
  await prepareDatabase(environment, url)
  const { default: next } = await import('next')
  const app = next({ dev: false })
  await app.prepare() // runs instrumentation.ts, which starts the jobs
  onStop(async () => {
    await stopJobs()
    await app.close()
  })
  console.log('The worker is running.')
  return untilStopped()
})
