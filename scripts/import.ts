// npm run import -- FILE…: brings keys from elsewhere into an organization. What is there already is left alone, so it may be repeated.
import { createReadStream, statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs, styleText } from 'node:util'
import type { System } from '#lib/base/actor.ts'
import { dateOrders, fieldsOf, inactiveMeanings, recordKinds, zeroMeanings } from '#lib/import-fields/schema.ts'
import type { Look } from '#lib/imports/look.ts'
import type { ImportCounts, ImportFile, ImportSettings } from '#lib/imports/schema.ts'
import { importSources, vendorExports } from '#lib/imports/vendors.ts'
import { generate } from '../server/build.ts'
import { openInstallation, prepareDatabase } from '../server/database/open.ts'
import { loadEnvironment } from '../server/environment.ts'
import { Halt, run } from '../server/lifecycle.ts'

const either = (words: readonly string[]) => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

const usage = `npm run import -- FILE [FILE…] [options]

  FILE is a CSV or JSON export: of keys and, where a vendor exports them apart, of devices and of customers.

  --organization SLUG    needed when there are several
  --mapping VENDOR       ${either(importSources)}; otherwise known by its columns
  --configuration NAME   for keys whose record names none
  --product NAME         the same for products
  --create-products      adds products that are named and not there
  --column FIELD=COLUMN  reads a field from another column, like --column email="Buyer mail"; as often as needed
  --dates ORDER          ${either(dateOrders)}, for dates like 03/04/2026
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
  const { importId } = await createLocalImport(system, await prepare(files), clock())
  const bytesOf = (file: number): AsyncIterable<Uint8Array> => {
    const local = files[file]
    if (!local) throw new RangeError(`There is no file ${file}.`)
    return local.open()
  }

  const checkedFrom = Date.now()
  await runLocalImport(system, importId, bytesOf, clock, progress('Checked', checkedFrom))
  const checked = await outcome(importId)
  if (checked.failure) throw new Halt(`\n${checked.failure}`)
  if (options['dry-run']) {
    console.log(`\n\nThis would be imported:\n${words(checked.counts)}`)
    await printProblems(importId, checked.counts.problems)
    await discardLocalImport(system, importId)
    return checked.counts.problems > 0 ? 1 : 0
  }
  await startLocalImport(system, importId, clock())
  await runLocalImport(system, importId, bytesOf, clock, progress('Imported', Date.now(), checked.total))
  const done = await outcome(importId)
  console.log(`\n\nImported:\n${words(done.counts)}`)
  await printProblems(importId, done.counts.problems)
  if (done.failure) throw new Halt(`\n${done.failure}`)
  return done.counts.problems > 0 ? 1 : 0
}

/** Whose keys they become, and how the files are read. */
async function prepare(files: LocalFile[]) {
  const { settingsFor, sourceOf } = await import('#lib/imports/look.ts')
  const { onlyConfiguration } = await import('#lib/imports/queries.ts')
  const organization = await chosenOrganization()
  const looks = await Promise.all(files.map(lookAtFile))
  const source = oneOf('mapping', importSources) ?? sourceOf(looks)
  const dateOrder = oneOf('dates', dateOrders) ?? null
  const zeroDevices = oneOf('zero-devices', zeroMeanings)
  const inactive = oneOf('inactive', inactiveMeanings)
  const settings: ImportSettings = settingsFor(source, looks, {
    keyConfigurationId:
      (await idOf('keyConfiguration', options.configuration, organization)) ??
      (await onlyConfiguration(organization.id)),
    productId: await idOf('product', options.product, organization),
    createProducts: options['create-products'] ?? false,
    dateOrder,
    ignored: options['ignore-column'] ?? [],
    ...(zeroDevices && { zeroDevices }),
    ...(inactive && { inactive }),
  })
  settings.columns = withChosenColumns(settings.columns)
  assertColumns(looks, settings)
  console.log(
    `${files.map(({ name }) => name).join(', ')} → ${organization.name}, read as: ${vendorExports[source].label}`,
  )
  await assertNothingIsLost(looks, settings)
  const described = looks.map(({ format, kind }, at): ImportFile => {
    const { name = '', size = 0 } = files[at] ?? {}
    return { name, size, parts: 0, format, kind }
  })
  return { organizationId: organization.id, settings, files: described }
}

type Organization = { id: string; slug: string; name: string }

async function chosenOrganization(): Promise<Organization> {
  const { prisma } = await import('#lib/database/client.ts')
  const organizations = await prisma.organization.findMany({ select: { id: true, slug: true, name: true } })
  const named = organizations.filter(({ slug }) => slug === options.organization)
  const organization = options.organization ? named[0] : organizations.length === 1 ? organizations[0] : undefined
  if (organization) return organization
  const slugs = organizations.map(({ slug }) => slug).join(', ')
  throw new Halt(
    organizations.length === 0
      ? 'There is no organization yet: start Latchkey and set one up first. (Looked in the database of npm start and in the demo’s; any other is named by DATABASE_URL.)'
      : `Say which organization with --organization: ${slugs}.`,
  )
}

async function idOf(kind: 'keyConfiguration' | 'product', name: string | undefined, organization: Organization) {
  if (!name) return null
  const { prisma } = await import('#lib/database/client.ts')
  const where = { organizationId: organization.id, name: { equals: name, mode: 'insensitive' as const } }
  const select = { id: true }
  const found =
    kind === 'product'
      ? prisma.product.findFirst({ where, select })
      : prisma.keyConfiguration.findFirst({ where, select })
  const row = await found
  if (row) return row.id
  throw new Halt(
    `There is no ${kind === 'product' ? 'product' : 'key configuration'} "${name}" in ${organization.name}.`,
  )
}

async function lookAtFile({ name, open }: LocalFile): Promise<Look> {
  const { lookAt } = await import('#lib/imports/look.ts')
  const { UnreadableFile } = await import('#lib/imports/source-record.ts')
  return lookAt(open()).catch((error: unknown) => {
    throw error instanceof UnreadableFile ? new Halt(`${name}: ${error.message}`) : error
  })
}

/** An option that takes one of a few words. */
function oneOf<Word extends string>(
  option: 'mapping' | 'dates' | 'zero-devices' | 'inactive',
  known: readonly Word[],
): Word | undefined {
  const chosen = options[option]
  const word = known.find((each) => each === chosen)
  if (!chosen || word) return word
  throw new Halt(`--${option} takes ${known.length > 2 ? 'one of ' : ''}${either(known)}.`)
}

function withChosenColumns(columns: ImportSettings['columns']): ImportSettings['columns'] {
  let all = columns
  for (const choice of options.column ?? []) {
    const [field = '', ...column] = choice.split('=')
    const kind = recordKinds.find((each) => field in fieldsOf[each])
    if (!kind) throw new Halt(`--column knows no field ${field}. Fields: ${Object.keys(fieldsOf.keys).join(', ')}.`)
    all = { ...all, [kind]: { ...all[kind], [field]: column.join('=') || undefined } }
  }
  return all
}

/** Refuses what is not enough to make keys of, and columns that are not there. */
function assertColumns(looks: Look[], settings: ImportSettings): void {
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
}

/** Says which columns are left out, and refuses to leave out any that seems to matter. */
async function assertNothingIsLost(looks: Look[], settings: ImportSettings): Promise<void> {
  const { doubtfulColumns, suspicionWords, unusedColumns } = await import('#lib/imports/unused-columns.ts')
  const unused = unusedColumns(looks, settings)
  if (unused.length > 0)
    console.log(`Left out, because no field is read from them: ${unused.map(({ name }) => name).join(', ')}`)
  const doubtful = doubtfulColumns(looks, settings)
  if (doubtful.length === 0) return
  const lines = doubtful.map(({ name, suspicion }) => `  "${name}" ${suspicion ? suspicionWords[suspicion] : ''}`)
  const choices = doubtful.map(({ name }) => `--ignore-column ${JSON.stringify(name)}`).join(' ')
  throw new Halt(
    `Nothing was imported, because it matters what these columns say:\n${lines.join('\n')}\nRead each of them with --column FIELD=COLUMN (status, expiresAt, revoked …), or say that it may be left out: ${choices}`,
  )
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
    [counts.alreadyThere, 'keys that already existed, left untouched'],
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
