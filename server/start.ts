// npm start: everything production needs, in order. Set DATABASE_URL to use your own PostgreSQL.
import { build } from './build.ts'
import { serveAll } from './cluster.ts'
import { ask, openDatabase, prepareDatabase } from './database/open.ts'
import { loadEnvironment } from './environment.ts'
import { run, untilStopped } from './lifecycle.ts'
import { checkPort } from './web.ts'

await run(async () => {
  const environment = loadEnvironment('production')
  await checkPort(environment)
  await build()
  const { url } = await openDatabase(environment)
  await prepareDatabase(environment, url)
  await serveAll(environment)
  console.log(`Latchkey runs at ${environment.url} (listening on ${environment.host}:${environment.port}).`)
  if (!environment.urlIsGiven && environment.host !== '127.0.0.1')
    console.log('Mail and pages link to that address. Set LATCHKEY_URL if people reach Latchkey at another one.')
  if ((await ask(url, 'SELECT 1 FROM organizations LIMIT 1')).length === 0) {
    const { setupToken } = await import('#lib/secrets/secrets.ts')
    console.log(
      `\nNobody has an account yet. Create yours here, once:\n\n  ${environment.url}/setup?token=${setupToken()}\n`,
    )
  }
  return untilStopped()
})
