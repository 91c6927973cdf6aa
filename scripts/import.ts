// npm run import -- FILE…: brings keys from elsewhere into an organization. What is there already is left alone, so it may be repeated.
import { createReadStream, statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs, styleText } from 'node:util'
import type { System } from '#lib/base/actor.ts'
import type { ImportCounts, ImportFile, ImportSettings } from '#lib/imports/schema.ts'
import { generate } from '../server/build.ts'
import { openInstallation, prepareDatabase } from '../server/database/open.ts'
import { loadEnvironment } from '../server/environment.ts'
import { Halt, run } from '../server/lifecycle.ts'

const usage = `npm run import -- FILE [FILE…] [options]

  FILE is a CSV or JSON export: of keys and, where a vendor exports them apart, of devices and of customers.

  --organization SLUG    needed when there are several
  --mapping VENDOR       latchkey, polar, dodo, lemonsqueezy, gumroad, keygen or custom; otherwise known by its columns
  --configuration NAME   for keys whose record names none
  --product NAME         the same for products
  --create-products      adds products that are named and not there
  --column FIELD=COLUMN  reads a field from another column, like --column email="Buyer mail"; as often as needed
  --dates ORDER          day-first or month-first, for dates like 03/04/2026
  --zero-devices MEANING a device limit of 0: unlimited, or off for no devices at all; otherwise as the vendor means it
  --inactive MEANING     the status “inactive”: granted for not used yet, or disabled for switched off
  --ignore-column NAME   leaves out a column that looks like a status or an end; as often as needed
  --demo                 into the demo's database, when there is another one
  --dry-run              only checks`

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    organization: { type: 'string' },
    mapping: { type: 'string' },
    configuration: { type: 'string' },
    product: { type: 'string' },
    'create-products': { type: 'boolean' },
    column: { type: 'string', multiple: true },
    dates: { type: 'string' },
    'zero-devices': { type: 'string' },
    inactive: { type: 'string' },
    'ignore-column': { type: 'string', multiple: true },
    demo: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean' },
  },
})

const system: System = { kind: 'system', name: 'npm run import' }
const clock = () => new Date()
/** Problems beyond these are only counted here; the page of the import has them. */
const SHOWN = 50
// npm changes into the project's folder; people name files from where they are.
const folder = process.env.INIT_CWD ?? process.cwd()
type LocalFile = { name: string; size: number; open: () => AsyncIterable<Uint8Array> }

await run(async () => {
  if (options.help || positionals.length === 0) {
    console.log(usage)
    return options.help ? 0 : 1
  }
  const files = positionals.map(localFile)
  const environment = loadEnvironment('production')
  generate()
  const { url, isDemo } = await openInstallation(environment, options.demo ? 'demo' : 'any')
  if (isDemo)
    console.log(`Importing into the demo${options.demo ? '' : ': it is the only database here with an organization'}.`)
  await prepareDatabase(environment, url)
  return bring(files)
})

function localFile(name: string): LocalFile {
  const file = path.resolve(folder, name)
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found?.isFile()) throw new Halt(`There is no file ${name}.`)
  const open = () => createReadStream(file, { highWaterMark: 256 * 1024 })
  return { name: path.basename(file), size: found.size, open }
}

async function bring(files: LocalFile[]): Promise<number> {
  // Imported here, not above: they read the environment when they are loaded.
  const { createLocalImport, discardLocalImport, startLocalImport } = await import('#lib/imports/commands.ts')
  const { runLocalImport } = await import('#lib/imports/run.ts')
  const { organizationId, settings, kinds } = await prepare(files)
  const described: ImportFile[] = files.map(
    ({ name, size }, at) => ({ name, size, parts: 0, ...kinds[at] }) as ImportFile,
  )
  const { importId } = await createLocalImport(system, { organizationId, files: described, settings }, clock())
  const bytesOf = (file: number) => files[file]?.open() ?? []

  const checkedFrom = Date.now()
  await runLocalImport(system, importId, bytesOf as never, clock, progress('Checked', checkedFrom))
  const checked = await outcome(importId)
  if (checked.failure) throw new Halt(`\n${checked.failure}`)
  if (options['dry-run']) {
    console.log(`\n\nThis would be imported:\n${words(checked.counts)}`)
    await printProblems(importId, checked.counts.problems)
    await discardLocalImport(system, importId)
    return checked.counts.problems > 0 ? 1 : 0
  }
  await startLocalImport(system, importId, clock())
  await runLocalImport(system, importId, bytesOf as never, clock, progress('Imported', Date.now(), checked.total))
  const done = await outcome(importId)
  console.log(`\n\nImported:\n${words(done.counts)}`)
  await printProblems(importId, done.counts.problems)
  if (done.failure) throw new Halt(`\n${done.failure}`)
  return done.counts.problems > 0 ? 1 : 0
}

/** Whose keys they become, and how the files are read. */
async function prepare(files: LocalFile[]) {
  const { prisma } = await import('#lib/database/client.ts')
  const { lookAt, settingsFor, sourceOf } = await import('#lib/imports/look.ts')
  const { UnreadableFile } = await import('#lib/imports/open.ts')
  const { dateOrders, fieldsOf, importSources, inactiveMeanings, recordKinds, sourceLabels, zeroMeanings } =
    await import('#lib/imports/schema.ts')
  const { doubtfulColumns, suspicionWords, unusedColumns } = await import('#lib/imports/unused-columns.ts')

  const organizations = await prisma.organization.findMany({ select: { id: true, slug: true, name: true } })
  const named = organizations.filter(({ slug }) => slug === options.organization)
  const organization = options.organization ? named[0] : organizations.length === 1 ? organizations[0] : undefined
  if (!organization) {
    const slugs = organizations.map(({ slug }) => slug).join(', ')
    throw new Halt(
      organizations.length === 0
        ? 'There is no organization yet: start Latchkey and set one up first. (Looked in the database of npm start and in the demo’s; any other is named by DATABASE_URL.)'
        : `Say which organization with --organization: ${slugs}.`,
    )
  }
  const organizationId = organization.id
  const idOf = async (kind: 'keyConfiguration' | 'product', name: string | undefined) => {
    if (!name) return null
    const where = { organizationId, name: { equals: name, mode: 'insensitive' as const } }
    const select = { id: true }
    const found =
      kind === 'product'
        ? prisma.product.findFirst({ where, select })
        : prisma.keyConfiguration.findFirst({ where, select })
    const row = await found
    if (!row)
      throw new Halt(
        `There is no ${kind === 'product' ? 'product' : 'key configuration'} "${name}" in ${organization.name}.`,
      )
    return row.id
  }

  const looks = await Promise.all(
    files.map(({ name, open }) =>
      lookAt(open()).catch((error: unknown) => {
        throw error instanceof UnreadableFile ? new Halt(`${name}: ${error.message}`) : error
      }),
    ),
  )
  const source = importSources.find((each) => each === options.mapping) ?? sourceOf(looks)
  if (options.mapping && source !== options.mapping)
    throw new Halt(`--mapping takes one of ${importSources.join(', ')}.`)
  const dateOrder = dateOrders.find((each) => each === options.dates) ?? null
  if (options.dates && !dateOrder) throw new Halt(`--dates takes ${dateOrders.join(' or ')}.`)
  const zeroDevices = zeroMeanings.find((each) => each === options['zero-devices'])
  if (options['zero-devices'] && !zeroDevices) throw new Halt(`--zero-devices takes ${zeroMeanings.join(' or ')}.`)
  const inactive = inactiveMeanings.find((each) => each === options.inactive)
  if (options.inactive && !inactive) throw new Halt(`--inactive takes ${inactiveMeanings.join(' or ')}.`)
  const configurations = await prisma.keyConfiguration.findMany({
    where: { organizationId, archivedAt: null },
    select: { id: true },
  })
  const only = configurations.length === 1 ? (configurations[0]?.id ?? null) : null
  const settings: ImportSettings = settingsFor(source, looks, {
    keyConfigurationId: (await idOf('keyConfiguration', options.configuration)) ?? only,
    productId: await idOf('product', options.product),
    createProducts: options['create-products'] ?? false,
    dateOrder,
    ignored: options['ignore-column'] ?? [],
    ...(zeroDevices && { zeroDevices }),
    ...(inactive && { inactive }),
  })
  for (const choice of options.column ?? []) {
    const [field = '', ...column] = choice.split('=')
    const kind = recordKinds.find((each) => field in fieldsOf[each])
    if (!kind) throw new Halt(`--column knows no field ${field}. Fields: ${Object.keys(fieldsOf.keys).join(', ')}.`)
    settings.columns[kind] = { ...settings.columns[kind], [field]: column.join('=') || undefined }
  }
  if (!settings.columns.keys.key || !(settings.columns.keys.email ?? settings.columns.keys.customerId)) {
    const there = looks.flatMap((look) => look.columns.keys.map(({ name }) => name))
    throw new Halt(
      `Say which columns hold the key and the customer's e-mail: --column key=… --column email=…\nColumns: ${there.join(', ')}`,
    )
  }
  const names = new Set(
    looks.flatMap(({ columns }) => recordKinds.flatMap((kind) => columns[kind])).map(({ name }) => name),
  )
  for (const name of settings.ignored)
    if (!names.has(name))
      throw new Halt(`--ignore-column: there is no column "${name}". Columns: ${[...names].join(', ')}.`)
  for (const kind of recordKinds)
    for (const [field, column] of Object.entries(settings.columns[kind]))
      if (column && !names.has(column) && options.column?.some((choice) => choice.startsWith(`${field}=`)))
        throw new Halt(`--column ${field}: there is no column "${column}". Columns: ${[...names].join(', ')}.`)
  console.log(`${files.map(({ name }) => name).join(', ')} → ${organization.name}, read as: ${sourceLabels[source]}`)
  const unused = unusedColumns(looks, settings)
  if (unused.length > 0)
    console.log(`Left out, because no field is read from them: ${unused.map(({ name }) => name).join(', ')}`)
  const doubtful = doubtfulColumns(looks, settings)
  if (doubtful.length > 0) {
    const lines = doubtful.map(({ name, suspicion }) => `  "${name}" ${suspicion ? suspicionWords[suspicion] : ''}`)
    const choices = doubtful.map(({ name }) => `--ignore-column ${JSON.stringify(name)}`).join(' ')
    throw new Halt(
      `Nothing was imported, because it matters what these columns say:\n${lines.join('\n')}\nRead each of them with --column FIELD=COLUMN (status, expiresAt, revoked …), or say that it may be left out: ${choices}`,
    )
  }
  return { organizationId, settings, kinds: looks.map(({ format, kind }) => ({ format, kind })) }
}

async function outcome(importId: string) {
  const { prisma } = await import('#lib/database/client.ts')
  const row = await prisma.import.findUniqueOrThrow({ where: { id: importId } })
  return { failure: row.failure, total: row.total, counts: row.counts as ImportCounts }
}

function progress(verb: string, since: number, total: number | null = null) {
  return (position: number) => {
    const seconds = Math.max(0.1, (Date.now() - since) / 1000)
    const share = total ? ` of ${total.toLocaleString('en')} (${Math.round((position / total) * 100)} %)` : ''
    const line = `${verb} ${position.toLocaleString('en')}${share}, ${Math.round(position / seconds).toLocaleString('en')} a second`
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`)
    else if (position % 10_000 === 0 || position === total) console.log(line)
  }
}

function words(counts: ImportCounts): string {
  const lines: [number, string][] = [
    [counts.keys, 'keys'],
    [counts.expired, 'of them expired'],
    [counts.disabled, 'of them disabled'],
    [counts.revoked, 'of them revoked'],
    [counts.activations, 'devices'],
    [counts.customers, 'new customers'],
    [counts.purchases, 'orders'],
    [counts.products, 'new products'],
    [counts.alreadyThere, 'keys that were there already, left alone'],
    [counts.skipped, 'records without a key, left out'],
    [counts.merged, 'renewals and further payments of keys that are listed once'],
    [counts.multiplied, 'keys bought several times over, with that many times the devices'],
    [counts.shortKeys, 'keys of fewer than 8 characters: easily guessed, or only parts of keys'],
    [counts.overLimit, 'keys with more devices than their limit; all are kept'],
    [counts.ordersWithoutProduct, 'order numbers left out, because their records name no product'],
  ]
  return lines
    .filter(([count, what]) => count > 0 || what === 'keys')
    .map(([count, what]) => `  ${count.toLocaleString('en').padStart(10)}  ${what}`)
    .join('\n')
}

async function printProblems(importId: string, count: number) {
  if (count === 0) return
  const { prisma } = await import('#lib/database/client.ts')
  const problems = await prisma.importProblem.findMany({
    where: { importId },
    orderBy: [{ file: 'asc' }, { line: 'asc' }, { number: 'asc' }],
    take: SHOWN,
  })
  const said = count === 1 ? '1 record was' : `${count.toLocaleString('en')} records were`
  console.log(styleText('yellow', `\n${said} not imported:`))
  for (const { line, key, message } of problems)
    console.log(`  ${String(line).padStart(8)}  ${key.padEnd(12)}  ${message}`)
  if (count > problems.length) console.log(`  … and ${(count - problems.length).toLocaleString('en')} more.`)
}
