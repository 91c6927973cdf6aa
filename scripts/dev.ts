// npm run dev: Next's development server on the demo's database. Arguments go to `next dev`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { forgetDevelopmentRoutes, generate } from '../server/build.ts'
import { loadEnvironment } from '../server/environment.ts'
import { onStop, run } from '../server/lifecycle.ts'
import { program } from '../server/tools.ts'
import { openDemo } from './demo-data.ts'

await run(async () => {
  const environment = loadEnvironment('development')
  generate()
  forgetDevelopmentRoutes()
  const demo = await openDemo(environment, { reset: process.argv.includes('--reset') })
  console.log('Log-ins (also in .data/demo.json):', demo.merchant, demo.customer)
  const given = process.argv.slice(2).filter((argument) => argument !== '--reset')
  const args = [program('next'), 'dev', '-p', String(environment.port), '-H', environment.host, ...given]
  const server = spawn(process.execPath, args, { stdio: 'inherit' })
  const ended = once(server, 'exit')
  onStop(async () => {
    server.kill('SIGTERM')
    await ended
  })
  const [code] = (await ended) as [number | null]
  return code ?? 0
})
