// npm run demo: from a fresh clone to a running Latchkey with a small company in it. --reset starts over.
import { styleText } from 'node:util'
import { signedPurchase } from '#lib/vendors/custom/trial.ts'
import { build, generate } from '../server/build.ts'
import { serveAll } from '../server/cluster.ts'
import { loadEnvironment } from '../server/environment.ts'
import { run, untilStopped } from '../server/lifecycle.ts'
import { checkPort } from '../server/web.ts'
import { type DemoSummary, openDemo } from './demo-data.ts'

await run(async () => {
  const environment = loadEnvironment('demo')
  await checkPort(environment)
  generate()
  const [demo] = await Promise.all([openDemo(environment, { reset: process.argv.includes('--reset') }), build()])
  await serveAll(environment)
  const { outboxIsOpen } = await import('#lib/base/env.ts')
  console.log(present(demo, outboxIsOpen(), process.env.WEBHOOK_PRIVATE_NETWORKS ?? ''))
  return untilStopped()
})

function present(demo: DemoSummary, outbox: boolean, networks: string): string {
  const { url, organizationId, merchant, customer, outboxUrl, keys, apiKey, shop } = demo
  const sold = { productId: 'inkwell-editor', productName: 'Inkwell Editor' }
  const title = (text: string) => styleText('bold', text)
  const row = (name: string, text: string) => `  ${name.padEnd(20)}${text}`
  const call = (verb: string, fields: string[]) => {
    const body = [`"key": "${keys.metered.key}"`, `"organization_id": "${organizationId}"`, ...fields].join(',\n  ')
    return `curl -sX POST ${url}/api/license/${verb} \\\n-H "Content-Type: application/json" \\\n-d '{\n  ${body}\n}'`
  }
  const conditions = '"conditions": { "major_version": 1 }'
  // The id of the new activation goes from the first answer into the other two calls.
  const activation = `"activation_id": "'$ID'"`
  return [
    '',
    title(`Latchkey runs at ${url}`),
    '',
    title('Merchants sign in with a password'),
    row('Sign in', `${url}/login`),
    row('E-mail', merchant.email),
    row('Password', merchant.password),
    row('Overview', `${url}/dashboard/inkwell`),
    row('License keys', `${url}/dashboard/inkwell/license-keys`),
    row('Key configurations', `${url}/dashboard/inkwell/key-configurations`),
    row('History', `${url}/dashboard/inkwell/history`),
    row('Purchases', `${url}/dashboard/inkwell/purchases`),
    row('Stores', `${url}/dashboard/inkwell/settings/stores`),
    row('Webhooks', `${url}/dashboard/inkwell/settings/webhooks`),
    row('', networks ? `may go to ${networks} here` : 'only to the internet: WEBHOOK_PRIVATE_NETWORKS names others'),
    '',
    title('Customers sign in with a link that comes by e-mail'),
    row('1. Ask for it', `${url}/login with the address ${customer.email}`),
    row('2. Open it', outbox ? outboxUrl : 'not here: other machines can reach this demo, so its outbox is closed'),
    row('3. Their purchases', `${url}/purchases`),
    '',
    title('Software activates, validates and deactivates; paste these one after the other'),
    '',
    `ANSWER=$(${call('activate', ['"label": "hello"', conditions, '"meta": { "ip": "84.19.145.194" }'])})`,
    `ID=$(echo "$ANSWER" | cut -d '"' -f 4); echo "$ANSWER"`,
    '',
    `${call('validate', [activation, conditions, '"increment_usage": 15'])}; echo`,
    '',
    `${call('deactivate', [activation])}; echo`,
    '',
    title(`Programs issue and manage keys; every call is at ${url}/docs`),
    '',
    `curl '${url}/api/v1/license-keys?limit=1' -H 'Authorization: Bearer ${apiKey}'; echo`,
    '',
    title('Stores tell of sales, and keys follow: buy one as the shop of Inkwell’s own would'),
    '',
    `${signedPurchase({ ...shop, ...sold, email: 'zoe@keller.example', name: 'Zoe Keller' })}`,
    '',
    'All of this, and six more keys to try, is in .data/demo.json. Ctrl-C stops Latchkey; npm run demo -- --reset starts over.',
    '',
  ].join('\n')
}
