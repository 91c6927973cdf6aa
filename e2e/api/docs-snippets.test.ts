import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { type Document, readReference } from '../../app/docs/(reference)/reference.ts'
import { type Language, languages } from '../../app/docs/(reference)/snippets.ts'
import { appUrl, send } from '../http.ts'
import { makeOrganization } from '../organization.ts'

// The snippets of the reference, run as they stand there, but for ids and addresses of this organization.

const runners: Record<Language, { file: string; end: string; command: (file: string) => string[] }> = {
  curl: { file: 'call.sh', end: '', command: (file) => ['bash', file] },
  JavaScript: {
    file: 'call.mjs',
    end: '\nconsole.log(JSON.stringify(answer))',
    command: (file) => [process.execPath, file],
  },
  Python: { file: 'call.py', end: '\nimport json\nprint(json.dumps(answer))', command: (file) => ['python3', file] },
}

/** What a program asks for of the library `requests`, where that is not installed. */
const REQUESTS = `import json as j, urllib.request, urllib.error
class Response:
  def __init__(self, text): self.text = text
  def json(self): return j.loads(self.text)
def call(method):
  def run(url, headers={}, json=None):
    data = None if json is None else j.dumps(json).encode()
    ask = urllib.request.Request(url, data=data, headers={'Content-Type': 'application/json', **headers}, method=method)
    try: return Response(urllib.request.urlopen(ask).read().decode())
    except urllib.error.HTTPError as error: return Response(error.read().decode())
  return run
get, post, patch, delete = call('GET'), call('POST'), call('PATCH'), call('DELETE')
`

let folder: string
test.beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-snippets-'))
  writeFileSync(path.join(folder, 'requests.py'), REQUESTS)
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every snippet of the reference runs, in every language there is here', async () => {
  test.setTimeout(300_000)
  const shop = await makeOrganization()
  const token = await shop.apiKey()
  const configuration = await shop.configuration({ activationsMode: 'unlimited' })
  const product = await shop.product([configuration])
  const document = (await send({ method: 'GET', path: '/api/openapi.json' })).json as Document
  const { operations } = readReference(document)
  for (const language of Object.keys(languages) as Language[]) {
    const { file, end, command } = runners[language]
    const [program = '', ...first] = command('')
    if (spawnSync(program, ['--version']).error) continue // not installed here
    expect(first.length).toBeGreaterThan(0)
    // A read, a write and a public call; the others differ only in words.
    for (const id of ['listLicenseKeys', 'issueLicenseKey', 'createKeyConfiguration', 'validate', 'createPurchase']) {
      const operation = operations.find((each) => each.id === id)
      expect(operation, id).toBeDefined()
      if (!operation) continue
      const body = operation.body?.example && rename(operation.body.example, { configuration, product, language })
      const snippet = languages[language]({
        method: operation.method,
        url: appUrl + operation.path,
        isPrivate: operation.scopes !== null,
        body: body ?? undefined,
      })
      const at = path.join(folder, file)
      writeFileSync(at, snippet.replace(/^curl /, 'curl -s ') + end)
      const [run = '', ...args] = command(at)
      const { stdout, stderr } = spawnSync(run, args, {
        encoding: 'utf8',
        cwd: folder,
        env: { ...process.env, LATCHKEY_TOKEN: token, PYTHONDONTWRITEBYTECODE: '1' },
      })
      const about = `${language} ${id}: ${stdout}${stderr}`
      expect(stdout, about).not.toBe('')
      const answer = JSON.parse(stdout)
      if (id === 'validate') expect(answer, about).toMatchObject({ valid: false, code: 'NOT_FOUND' })
      else if (id === 'listLicenseKeys') expect(answer.data, about).toEqual(expect.any(Array))
      else expect(answer.id, about).toMatch(/^[0-9a-f-]{36}$/)
    }
  }
})

/** An example with the ids of this organization, and names that are not taken yet. */
function rename(example: unknown, own: { configuration: string; product: string; language: string }): unknown {
  const copy = structuredClone(example) as Record<string, unknown>
  if ('key_configuration_id' in copy) copy.key_configuration_id = own.configuration
  if ('product_id' in copy) copy.product_id = own.product
  if ('name' in copy) copy.name = `It’s ${own.language}`
  if ('reference' in copy) copy.reference = `"${own.language}"`
  return copy
}
