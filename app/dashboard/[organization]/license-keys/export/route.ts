import { requireMerchant } from '#lib/auth/session.ts'
import { whileMember } from '#lib/auth/while-member.ts'
import { exportLicenseKeys } from '#lib/exports/license-keys.ts'
import { download } from '#lib/http/download.ts'
import type { LicenseKeyFilter } from '#lib/license-keys/list.ts'
import { type ExportFormat, exportFormats, SELECTION_MAX } from '#lib/license-keys/plain.ts'
import { keyFilter, loadKeyParams } from '../params.ts'

const types = { csv: 'text/csv', json: 'application/json' } as const satisfies Record<ExportFormat, string>

type Context = RouteContext<'/dashboard/[organization]/license-keys/export'>

/** The keys of the list as a file: the same address as the list's, and a format. */
export async function GET(request: Request, context: Context) {
  const { searchParams } = new URL(request.url)
  return fileOf(context, keyFilter(loadKeyParams(searchParams)), searchParams)
}

/** The keys that were ticked, as a file. Their ids are too many for an address. */
export async function POST(request: Request, context: Context) {
  const form = await request.formData()
  const ids = String(form.get('ids') ?? '')
    .split(',', SELECTION_MAX)
    .filter(Boolean)
  return fileOf(context, { ids }, new URLSearchParams({ format: String(form.get('format') ?? '') }))
}

async function fileOf({ params }: Context, filter: LicenseKeyFilter, asked: URLSearchParams) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const format = exportFormats.find((each) => each === asked.get('format')) ?? 'csv'
  const now = new Date()
  const text = await exportLicenseKeys(merchant, filter, format, now, { mark: asked.get('bom') !== '0' })
  const name = `license-keys-${organization}-${now.toISOString().slice(0, 10)}.${format}`
  return download(await whileMember(merchant, text), { name, type: types[format] })
}
