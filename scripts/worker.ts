// npm run worker: background jobs without the pages, beside app processes that run with LATCHKEY_ROLE=web.
import { build } from './build.ts'
import { loadEnvironment } from './environment.ts'
import { Halt, onStop, run, untilStopped } from './lifecycle.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { stopJobs } from './server.ts'

await run(async () => {
  const environment = loadEnvironment('production')
  process.env.LATCHKEY_ROLE = 'worker'
  build()
  const { url } = await openDatabase(environment)
  if (!migrate('deploy', url, { quiet: true }))
    throw new Halt('The database could not be brought up to date; see the message above.')
  const { default: next } = await import('next')
  const app = next({ dev: false })
  await app.prepare() // runs instrumentation.ts, which starts the jobs
  onStop(async () => {
    await stopJobs()
    await app.close()
  })
  console.log('The worker runs.')
  return untilStopped()
})
