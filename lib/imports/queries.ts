import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { unseal } from '../secrets/secrets.ts'
import { type ImportCounts, type ImportFile, type ImportSettings, noCounts } from './schema.ts'

/** The settings of an import's row. */
export const openSettings = (row: { settings: Uint8Array | null }): ImportSettings =>
  JSON.parse(unseal('import', row.settings ?? new Uint8Array())) as ImportSettings

/** What an import is called: its files. */
export const titleOf = (files: ImportFile[]): string => files.map((file) => file.name).join(', ')

/** Where an organization has one key configuration, there is nothing to choose. */
export async function onlyConfiguration(organizationId: string): Promise<string | null> {
  const where = { organizationId, archivedAt: null }
  const [first, ...more] = await prisma.keyConfiguration.findMany({ where, select: { id: true }, take: 2 })
  return first && more.length === 0 ? first.id : null
}

const columns = {
  id: true,
  status: true,
  files: true,
  position: true,
  total: true,
  counts: true,
  failure: true,
  actorLabel: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
} satisfies Prisma.ImportSelect

type Row = Prisma.ImportGetPayload<{ select: typeof columns }>

const toImport = (row: Row) => ({
  ...row,
  files: row.files as ImportFile[],
  title: titleOf(row.files as ImportFile[]),
  counts: { ...noCounts, ...(row.counts as Partial<ImportCounts>) },
})
export type ImportSummary = ReturnType<typeof toImport>

/** One page of the organization's imports, newest first. */
export async function listImports({ organizationId }: Merchant, { page, size }: { page: number; size: number }) {
  // An upload that was given up is nothing to look at.
  const where: Prisma.ImportWhereInput = { organizationId, status: { not: 'uploading' } }
  const [rows, total] = await Promise.all([
    prisma.import.findMany({
      where,
      select: columns,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: (page - 1) * size,
      take: size,
    }),
    prisma.import.count({ where }),
  ])
  return { imports: rows.map(toImport), total }
}

const PROBLEMS_SHOWN = 100
// Devices and keys of one file may be decided apart.
const asInFiles = [
  { file: 'asc' },
  { line: 'asc' },
  { number: 'asc' },
] satisfies Prisma.ImportProblemOrderByWithRelationInput[]

/** One import with its settings and its first problems. */
export async function getImport({ organizationId }: Merchant, id: string) {
  const row = isId(id)
    ? await prisma.import.findFirst({
        where: { id, organizationId },
        select: {
          ...columns,
          settings: true,
          problems: { orderBy: asInFiles, take: PROBLEMS_SHOWN },
        },
      })
    : null
  if (!row) throw notFound('import')
  const { settings, problems, ...rest } = row
  return {
    ...toImport(rest),
    settings: settings ? openSettings({ settings }) : null,
    problems: problems.map(({ file, line, key, message }) => ({ file, line, key, message })),
  }
}
export type ImportDetail = Awaited<ReturnType<typeof getImport>>

/** Every problem that was kept, as they stand in the files, a thousand at a time. */
export async function* importProblems({ organizationId }: Merchant, id: string) {
  for (let skip = 0; ; skip += 1_000) {
    const rows = await prisma.importProblem.findMany({
      where: { importId: id, import: { organizationId } },
      orderBy: asInFiles,
      skip,
      take: 1_000,
    })
    yield* rows
    if (rows.length < 1_000) return
  }
}
