import { requireMerchant } from '#lib/auth/session.ts'
import { exportLicenseKeys } from '#lib/exports/license-keys.ts'
import { download } from '#lib/http/download.ts'
import { type ExportFormat, exportFormats } from '#lib/license-keys/schema.ts'
import { keyFilter, loadKeyParams } from '../params.ts'

const types = { csv: 'text/csv', json: 'application/json' } as const satisfies Record<ExportFormat, string>

/** The keys of the list as a file: the same address as the list's, and a format. */
export async function GET(request: Request, { params }: RouteContext<'/dashboard/[organization]/license-keys/export'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const { searchParams } = new URL(request.url)
  const format = exportFormats.find((each) => each === searchParams.get('format')) ?? 'csv'
  const now = new Date()
  const mark = searchParams.get('bom') !== '0'
  const text = await exportLicenseKeys(merchant, keyFilter(loadKeyParams(searchParams)), format, now, { mark })
  const name = `license-keys-${organization}-${now.toISOString().slice(0, 10)}.${format}`
  return download(text, { name, type: types[format] })
}
