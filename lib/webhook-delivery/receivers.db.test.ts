import { type ExecFileException, execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { createEndpoint, rotateSecret, sendTest } from '../webhook-endpoints/commands.ts'
import { CreateEndpoint } from '../webhook-endpoints/schema.ts'
import { openSender } from './sender.ts'

// The receivers that docs/webhooks.md has to copy, each run as it stands there, on a message as it was really sent: with two signatures,
// because its secret has just been replaced, and with letters that are more than one byte.

const root = path.join(import.meta.dirname, '../..')
const docs = readFileSync(path.join(root, 'docs/webhooks.md'), 'utf8')

type Receiver = {
  needs: string
  file: string
  /** Prints the type of the message that it is given on its input as [body, headers, secret], in lines. */
  program: (block: string) => string
  /** Once, before it is run. */
  build?: [string, ...string[]]
  command: [string, ...string[]]
}

/** In the order of the page. The input is three lines: the body, the headers as JSON, the secret. */
const receivers: Record<string, Receiver> = {
  js: {
    needs: 'node',
    file: 'receiver.mjs',
    program: (block) => `${block}
import { readFileSync } from 'node:fs'
const [body, headers, secret] = readFileSync(0, 'utf8').split('\\n')
console.log(read(body, JSON.parse(headers), secret).type)`,
    command: [process.execPath, 'receiver.mjs'],
  },
  python: {
    needs: 'python3',
    file: 'receiver.py',
    program: (block) => `${block}
import sys
body, headers, secret = sys.stdin.buffer.read().decode().split("\\n")
print(read(body.encode(), json.loads(headers), secret)["type"])`,
    command: ['python3', 'receiver.py'],
  },
  php: {
    needs: 'php',
    file: 'receiver.php',
    program: (block) => `${block}
[$body, $headers, $secret] = explode("\\n", stream_get_contents(STDIN));
echo read_webhook($body, json_decode($headers, true), $secret)['type'], "\\n";`,
    command: ['php', 'receiver.php'],
  },
  go: {
    needs: 'go',
    file: 'receiver.go',
    program: (block) => `${block.replace('import (', 'import (\n\t"fmt"\n\t"io"\n\t"os"')}
func main() {
	input, _ := io.ReadAll(os.Stdin)
	lines := strings.Split(string(input), "\\n")
	named := map[string]string{}
	json.Unmarshal([]byte(lines[1]), &named)
	header := http.Header{}
	for name, value := range named {
		header.Set(name, value)
	}
	message, err := readWebhook([]byte(lines[0]), header, lines[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(message["type"])
}`,
    build: ['go', 'build', '-o', 'receiver', 'receiver.go'],
    command: ['./receiver'],
  },
  ruby: {
    needs: 'ruby',
    file: 'receiver.rb',
    program: (block) => `${block}
body, headers, secret = STDIN.binmode.read.split("\\n")
puts read_webhook(body, JSON.parse(headers), secret)["type"]`,
    command: ['ruby', 'receiver.rb'],
  },
  java: {
    needs: 'javac',
    file: 'Receiver.java',
    program: (block) =>
      `${block.replace(
        'class Webhooks',
        `class Receiver {
    public static void main(String[] words) throws Exception {
        String[] lines = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\\n");
        Map<String, String> headers = new java.util.HashMap<>();
        var pairs = java.util.regex.Pattern.compile("\\"([^\\"]+)\\":\\"([^\\"]*)\\"").matcher(lines[1]);
        while (pairs.find()) headers.put(pairs.group(1), pairs.group(2));
        String text = Webhooks.read(lines[0].getBytes(StandardCharsets.UTF_8), headers, lines[2]);
        System.out.println(text.replaceAll("^.\\"type\\":\\"([^\\"]+)\\".*", "$1"));
    }
}

class Webhooks`,
      )}`,
    build: ['javac', 'Receiver.java'],
    command: ['java', 'Receiver'],
  },
}

const environment = {
  ...process.env,
  ...{ GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local', NODE_OPTIONS: '' },
}
const isHere = (command: string) => spawnSync(command, ['--version'], { env: environment }).error === undefined

let folder: string
let message: { text: string; headers: Record<string, string> }
let secrets: [string, string]

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-receivers-'))
  mkdirSync(path.join(folder, 'node_modules'))
  symlinkSync(path.join(root, 'node_modules/standardwebhooks'), path.join(folder, 'node_modules/standardwebhooks'))
  for (const [language, { file, program }] of Object.entries(receivers)) {
    const block = docs.split(`\`\`\`${language}\n`)[1]?.split('```')[0]
    if (!block) throw new Error(`The page has no receiver in ${language}.`)
    writeFileSync(path.join(folder, file), program(block))
  }
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@shop.example', name: 'Mara', organizationId, role: 'owner' },
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
      message = { text: Buffer.concat(chunks).toString(), headers: Object.fromEntries(headers) }
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const now = new Date()
  const { endpointId, secret } = await createEndpoint(me, CreateEndpoint.parse({ url }), '2026-11-28', now)
  secrets = [(await rotateSecret(me, endpointId, now)).secret, secret]
  await sendTest(me, { endpointId, type: 'license_key.issued' }, now)
  const system: System = { kind: 'system', name: 'Test' }
  await openSender(system, { organizationId }).sendDue()
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  expect(message.text).toContain('Hana Nováková')
})

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await prisma.$disconnect()
  await pool.end()
})

function run([command, ...args]: [string, ...string[]], input: string): Promise<{ out: string; error: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { cwd: folder, env: environment, timeout: 120_000 },
      (problem: ExecFileException | null, out, error) =>
        resolve({ out: out.trim(), error: problem ? `${out}${error}`.trim() || problem.message : '' }),
    )
    child.stdin?.end(input)
  })
}

test.each(Object.keys(receivers))(
  'the receiver in %s believes what was sent, and nothing else',
  async (language) => {
    const { needs, build, command } = receivers[language] as Receiver
    if (!isHere(needs)) return console.warn(`There is no ${needs} here: the receiver in ${language} was not run.`)
    if (build) expect(await run(build, '')).toMatchObject({ error: '' })
    const { text, headers } = message
    const read = (body: string, changed: Record<string, string>, secret = secrets[0]) =>
      run(command, [body, JSON.stringify({ ...headers, ...changed }), secret].join('\n'))
    for (const secret of secrets) expect(await read(text, {}, secret)).toEqual({ out: 'license_key.issued', error: '' })
    const at = (seconds: number) => ({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + seconds) })
    const wrong = /wrong signature|No matching signature/
    const old = /too old|from the future|timestamp too/i
    for (const [body, changed, secret, why] of [
      [`${text} `, {}, secrets[0], wrong],
      [text, { 'webhook-id': newId() }, secrets[0], wrong],
      [text, at(1), secrets[0], wrong],
      [text, {}, `whsec_${Buffer.alloc(32, 7).toString('base64')}`, wrong],
      [text, { 'webhook-signature': 'v1,' }, secrets[0], wrong],
      [text, at(-3_600), secrets[0], old],
      [text, at(3_600), secrets[0], old],
    ] as const) {
      const { out, error } = await read(body, changed, secret)
      expect(out).not.toContain('license_key.issued')
      expect(error).toMatch(why)
    }
  },
  180_000,
)
