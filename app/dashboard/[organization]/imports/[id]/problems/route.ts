import { stringify } from 'csv-stringify/sync'
import { requireMerchant } from '#lib/auth/session.ts'
import { whileMember } from '#lib/auth/while-member.ts'
import { safeCell } from '#lib/base/spreadsheet.ts'
import { download } from '#lib/http/download.ts'
import { getImport, importProblems } from '#lib/imports/queries.ts'
import { BYTE_ORDER_MARK } from '#lib/license-keys/schema.ts'
import { found } from '#lib/web/page.ts'

/** The problems of an import as a table for spreadsheets. */
export async function GET(
  _request: Request,
  { params }: RouteContext<'/dashboard/[organization]/imports/[id]/problems'>,
) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const { files } = await found(getImport(merchant, id))
  async function* lines() {
    yield BYTE_ORDER_MARK + stringify([['file', 'line', 'key', 'problem']])
    for await (const { file, line, key, message } of importProblems(merchant, id))
      yield stringify([[files[file]?.name ?? '', String(line), key, message].map(safeCell)])
  }
  return download(await whileMember(merchant, lines()), { name: 'import-problems.csv', type: 'text/csv' })
}
