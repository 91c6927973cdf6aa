// npm run demo: from a fresh clone to a running Latchkey with a small company in it. --reset starts over.
import { styleText } from 'node:util'
import { build } from './build.ts'
import { type DemoSummary, openDemo } from './demo-data.ts'
import { loadEnvironment } from './environment.ts'
import { run, untilStopped } from './lifecycle.ts'
import { checkPort, serve } from './server.ts'

type Key = { id: string; key: string }

/** What this script shows of .data/demo.json. */
type Demo = {
  url: string
  organizationId: string
  merchant: { email: string; password: string }
  customer: { email: string }
  outboxUrl: string
  keys: Record<string, Key>
}

await run(async () => {
  const environment = loadEnvironment('demo')
  await checkPort(environment)
  build()
  const demo = await openDemo(environment, { reset: process.argv.includes('--reset') })
  await serve(environment)
  console.log(present(demo))
  return untilStopped()
})

function present(summary: DemoSummary): string {
  const { url, organizationId, merchant, customer, outboxUrl, keys } = summary as Demo
  const title = (text: string) => styleText('bold', text)
  const lines = [
    '',
    title('Latchkey runs. Ctrl-C stops it; --reset starts over; all of this is in .data/demo.json.'),
    '',
    `  Merchant   ${url}/login   ${merchant?.email}   ${merchant?.password}`,
    `  Customer   ${url}/purchases   ${customer?.email}   (the sign-in link comes by mail)`,
    `  Mail       ${outboxUrl}`,
  ]
  const key = keys?.threeDevices ?? Object.values(keys ?? {})[0]
  if (key) {
    const body = (fields: Record<string, unknown>) =>
      JSON.stringify({ key: key.key, organization_id: organizationId, ...fields })
    const post = (verb: string, json: string) =>
      `  curl -s ${url}/api/license/${verb} -H 'Content-Type: application/json' -d '${json}'`
    lines.push(
      '',
      title('Is this key good?'),
      post('validate', body({})),
      '',
      title('Give it a device, then take the device away'),
      `${post('activate', body({ label: 'My laptop' })).replace('curl', 'ANSWER=$(curl')}); echo "$ANSWER"`,
      `  ID=$(echo "$ANSWER" | grep -o '"id":"[^"]*"' | head -1 | cut -d'"' -f4)`,
      post('deactivate', body({ activation_id: '@' })).replace('@', `'"$ID"'`),
    )
  }
  return [...lines, ''].join('\n')
}
