// npm run check: types, style and unit tests, without a database, in seconds.
import { styleText } from 'node:util'
import { forgetDevelopmentRoutes, generate } from '../server/build.ts'
import { run } from '../server/lifecycle.ts'
import { runTool } from '../server/tools.ts'

const steps: Record<string, () => boolean> = {
  'Prisma client': () => {
    generate()
    return true
  },
  'Route types': () => {
    forgetDevelopmentRoutes()
    return runTool('next', ['typegen'], { quiet: true, env: { NEXT_TELEMETRY_DISABLED: '1' } })
  },
  Types: () => runTool('typescript', ['--noEmit', '--pretty', '--incremental', 'false'], { quiet: true }),
  Style: () => runTool('@biomejs/biome', ['check', '.'], { quiet: true }),
  'Unit tests': () =>
    runTool('vitest', ['run', '--passWithNoTests'], {
      quiet: true,
      env: { DATABASE_URL: undefined, NODE_ENV: undefined },
    }),
}

await run(async () => {
  const began = performance.now()
  const failed: string[] = []
  for (const [name, step] of Object.entries(steps)) {
    const start = performance.now()
    const isGood = step()
    if (!isGood) failed.push(name)
    const mark = isGood ? styleText('green', 'ok  ') : styleText('red', 'FAIL')
    console.log(`${mark}  ${name.padEnd(14)} ${seconds(start)}`)
  }
  console.log(failed.length ? `\nFailed: ${failed.join(', ')} (${seconds(began)})` : `\nAll good in ${seconds(began)}`)
  return failed.length ? 1 : 0
})

function seconds(since: number) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
