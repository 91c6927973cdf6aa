import '#server-only'
import type { ImportStatus } from '#prisma/enums.ts'
import { describeActor, type Merchant, type System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { recordAs } from '../events/commands.ts'
import { seal } from '../secrets/secrets.ts'
import { type Look, lookAt, settingsFor, sourceOf } from './look.ts'
import { onlyConfiguration, titleOf } from './queries.ts'
import { recordFinish, storedBytes } from './run.ts'
import {
  type CheckImport,
  type CreateImport,
  type ImportFile,
  type ImportId,
  type ImportSettings,
  noCounts,
  type UploadPart,
} from './schema.ts'
import { UnreadableFile } from './source-record.ts'
import { doubtfulColumns, suspicionWords } from './unused-columns.ts'
import { PART_BYTES } from './upload.ts'

// ---------------------------------------------------------------- upload

/** Opens an import for the files that are about to be uploaded. */
export async function createImport(
  merchant: Merchant,
  { files }: CreateImport,
  now: Date,
): Promise<{ importId: string }> {
  assertMay(merchant, 'keys.write')
  const importId = newId(now)
  await prisma.import.create({
    data: {
      ...{ id: importId, organizationId: merchant.organizationId, status: 'uploading', createdAt: now },
      ...describeActor(merchant),
      files: files.map(({ name, size }): ImportFile => {
        return { name, size, parts: Math.ceil(size / PART_BYTES), format: null, kind: null }
      }),
    },
  })
  return { importId }
}

/** Keeps one piece of a file, sealed. The same piece may come twice. */
export async function addPart(
  merchant: Merchant,
  { importId, file, part, bytes }: UploadPart,
  now: Date,
): Promise<void> {
  assertMay(merchant, 'keys.write')
  await prisma.$transaction(async (tx) => {
    const { files } = await lockImport(tx, merchant, importId, ['uploading'])
    const content = Buffer.from(bytes, 'base64')
    const { size, parts } = files[file] ?? { size: 0, parts: 0 }
    const expected = part === parts - 1 ? size - part * PART_BYTES : PART_BYTES
    if (part >= parts || content.length !== expected) throw new Refusal('CONFLICT', 'This piece belongs to no file.')
    const sealed = seal('import', content)
    await tx.importPart.upsert({
      where: { importId_file_part: { importId, file, part } },
      create: { importId, file, part, content: sealed },
      update: { content: sealed },
    })
    await tx.import.update({ where: { id: importId }, data: { heartbeatAt: now } })
  })
}

/** Ends the upload: finds out whose export it is and matches its columns. */
export async function finishUpload(merchant: Merchant, { importId }: ImportId): Promise<{ importId: string }> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  const row = await prisma.import.findFirst({ where: { id: importId, organizationId } })
  if (!row) throw notFound('import')
  const files = row.files as ImportFile[]
  const there = await prisma.importPart.count({ where: { importId } })
  if (there < files.reduce((sum, file) => sum + file.parts, 0))
    throw new Refusal('CONFLICT', 'The upload is not complete. Choose the files again.')
  const looks: Look[] = []
  try {
    for (const [file, { name }] of files.entries())
      looks.push(await readable(name, () => lookAt(storedBytes(importId, file))))
  } catch (error) {
    // Nobody can go on with it, and it holds key strings.
    if (error instanceof Refusal) await prisma.import.deleteMany({ where: { id: importId, status: 'uploading' } })
    throw error
  }
  const keyConfigurationId = await onlyConfiguration(organizationId)
  return prisma.$transaction(async (tx) => {
    await lockImport(tx, merchant, importId, ['uploading'])
    await tx.import.update({
      where: { id: importId },
      data: {
        status: 'draft',
        files: files.map((file, at) => ({ ...file, format: looks[at]?.format, kind: looks[at]?.kind })) as ImportFile[],
        settings: sealedSettings(settingsFor(sourceOf(looks), looks, { keyConfigurationId })),
      },
    })
    return { importId }
  })
}

const LONG = { timeout: 60_000, maxWait: 20_000 }

const sealedSettings = (settings: ImportSettings) => seal('import', JSON.stringify(settings))

async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Refusal('INVALID_INPUT', `${name}: ${error.message}`)
    // What no bound caught: too deep, too long.
    if (error instanceof RangeError)
      throw new Refusal(
        'INVALID_INPUT',
        `${name}: this file is put together in a way that cannot be read. Save it as CSV.`,
      )
    throw error
  }
}

/** What stands in the files of an import that is being prepared. */
export async function lookAtImport(merchant: Merchant, importId: string): Promise<Look[]> {
  assertMay(merchant, 'keys.write')
  const row = await prisma.import.findFirst({ where: { id: importId, organizationId: merchant.organizationId } })
  if (!row) throw notFound('import')
  return Promise.all(
    (row.files as ImportFile[]).map(({ name }, file) => readable(name, () => lookAt(storedBytes(importId, file)))),
  )
}

/** The settings another vendor's mapping would begin with. */
export async function chooseSource(
  merchant: Merchant,
  { importId, source }: { importId: string; source: ImportSettings['source'] },
): Promise<void> {
  const looks = await lookAtImport(merchant, importId)
  await prisma.$transaction(async (tx) => {
    await lockImport(tx, merchant, importId, ['draft', 'checked'])
    await tx.import.update({
      where: { id: importId },
      data: { status: 'draft', settings: sealedSettings(settingsFor(source, looks)) },
    })
  })
}

// ---------------------------------------------------------------- check, start, stop

/** Takes over how the files are read, and begins to check every record; nothing is written yet. */
export async function checkImport(merchant: Merchant, { importId, settings }: CheckImport, now: Date): Promise<void> {
  assertMay(merchant, 'keys.write')
  if (settings.createProducts) assertMay(merchant, 'catalogue.write')
  const { key, email, customerId } = settings.columns.keys
  if (!key) throw new Refusal('INVALID_INPUT', 'Choose the column that holds the license key.', 'keys.key')
  if (!email && !customerId)
    throw new Refusal('INVALID_INPUT', 'Choose the column that holds the customer’s e-mail.', 'keys.email')
  const [doubtful] = doubtfulColumns(await lookAtImport(merchant, importId), settings)
  if (doubtful?.suspicion) {
    const what = `“${doubtful.name}” ${suspicionWords[doubtful.suspicion]}, and no field is read from it.`
    throw new Refusal('INVALID_INPUT', `${what} Choose its field, or say that it may be left out.`, 'ignored')
  }
  await prisma.$transaction(async (tx) => {
    const { organizationId } = await lockImport(tx, merchant, importId, ['draft', 'checked'])
    await assertOurs(tx, organizationId, settings)
    await tx.importProblem.deleteMany({ where: { importId } })
    await tx.import.update({
      where: { id: importId },
      data: {
        ...{ status: 'checking', settings: sealedSettings(settings), position: 0, total: null },
        ...{ counts: noCounts, runner: null, heartbeatAt: now },
      },
    })
    await enqueue(tx, 'import.run', { importId })
  })
}

async function assertOurs(tx: Tx, organizationId: string, { keyConfigurationId, productId }: ImportSettings) {
  if (keyConfigurationId) {
    const found = await tx.keyConfiguration.findFirst({
      where: { id: keyConfigurationId, organizationId },
      select: { id: true },
    })
    if (!found) throw new Refusal('NOT_FOUND', 'There is no such key configuration.', 'keyConfigurationId')
  }
  if (productId) {
    const found = await tx.product.findFirst({ where: { id: productId, organizationId }, select: { id: true } })
    if (!found) throw new Refusal('NOT_FOUND', 'There is no such product.', 'productId')
  }
}

/** Goes back from the result of a check to how the files are read. */
export async function reopenImport(merchant: Merchant, { importId }: ImportId): Promise<void> {
  assertMay(merchant, 'keys.write')
  await prisma.$transaction(async (tx) => {
    await lockImport(tx, merchant, importId, ['checked', 'draft'])
    await tx.import.update({ where: { id: importId }, data: { status: 'draft' } })
  })
}

/** Begins to write what was checked. */
export async function startImport(merchant: Merchant, { importId }: ImportId, now: Date): Promise<void> {
  assertMay(merchant, 'keys.write')
  await prisma.$transaction(async (tx) => {
    const { organizationId, files } = await lockImport(tx, merchant, importId, ['checked'])
    await begin(tx, { importId, organizationId, files }, describeActor(merchant), now)
    await enqueue(tx, 'import.run', { importId })
  })
}

type Named = { importId: string; organizationId: string; files: ImportFile[] }

async function begin(
  tx: Tx,
  { importId, organizationId, files }: Named,
  by: ReturnType<typeof describeActor>,
  now: Date,
) {
  await tx.importProblem.deleteMany({ where: { importId } })
  await tx.import.update({
    where: { id: importId },
    data: {
      ...{ status: 'running', position: 0, counts: noCounts, runner: null, heartbeatAt: now, startedAt: now },
      ...by,
    },
  })
  await recordAs(tx, by, now, [{ type: 'import.started', organizationId, data: { file: titleOf(files) } }])
}

/** Stops an import; what was written stays. One that has not begun is put away. */
export async function stopImport(
  merchant: Merchant,
  { importId }: ImportId,
  now: Date,
): Promise<{ discarded: boolean }> {
  assertMay(merchant, 'keys.write')
  return prisma.$transaction(async (tx) => {
    const row = await lockImport(tx, merchant, importId, ['uploading', 'draft', 'checking', 'checked', 'running'])
    await tx.importPart.deleteMany({ where: { importId } })
    if (row.status !== 'running') {
      await tx.import.delete({ where: { id: importId } })
      return { discarded: true }
    }
    await tx.import.update({ where: { id: importId }, data: { status: 'stopped', runner: null, finishedAt: now } })
    await recordFinish(tx, row, row, 'stopped', now)
    return { discarded: false }
  }, LONG)
}

async function lockImport(
  tx: Tx,
  { organizationId }: { organizationId: string },
  importId: string,
  states: ImportStatus[],
) {
  await tx.$queryRaw`SELECT 1 FROM imports WHERE id = ${importId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
  const row = await tx.import.findFirst({ where: { id: importId, organizationId } })
  if (!row) throw notFound('import')
  if (!states.includes(row.status)) throw new Refusal('CONFLICT', 'The import has moved on. Reload the page.')
  return { ...row, files: row.files as ImportFile[] }
}

// ---------------------------------------------------------------- on the server itself

/** Opens an import of files at hand (`npm run import`), ready to be checked. */
export async function createLocalImport(
  system: System,
  input: { organizationId: string; files: ImportFile[]; settings: ImportSettings },
  now: Date,
): Promise<{ importId: string }> {
  const importId = newId(now)
  await prisma.$transaction(async (tx) => {
    await assertOurs(tx, input.organizationId, input.settings)
    await tx.import.create({
      data: {
        ...{ id: importId, organizationId: input.organizationId, status: 'checking', createdAt: now },
        ...describeActor(system),
        files: input.files,
        settings: sealedSettings(input.settings),
        counts: noCounts,
        heartbeatAt: now,
      },
    })
  })
  return { importId }
}

/** Begins to write a local import that was checked. */
export async function startLocalImport(system: System, importId: string, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const row = await tx.import.findUniqueOrThrow({ where: { id: importId } })
    const named = { importId, organizationId: row.organizationId, files: row.files as ImportFile[] }
    await begin(tx, named, describeActor(system), now)
  })
}

/** Puts away an import that was only checked. */
export async function discardLocalImport(_system: System, importId: string): Promise<void> {
  await prisma.import.deleteMany({ where: { id: importId, status: { in: ['checking', 'checked', 'failed'] } } })
}

const ABANDONED_DAYS = 7

/** Uploads that nobody went on with hold sealed key strings for no good reason. */
export async function purgeImports(now: Date): Promise<number> {
  const before = new Date(now.getTime() - ABANDONED_DAYS * DAY_MS)
  const { count } = await prisma.import.deleteMany({
    where: { status: { in: ['uploading', 'draft', 'checked'] }, createdAt: { lt: before } },
  })
  return count
}
