import { notFound, redirect } from 'next/navigation'
import { downloadArchive } from '#lib/archives/commands.ts'
import { hasFreshProof, requireMerchant } from '#lib/auth/session.ts'
import { whileMember } from '#lib/auth/while-member.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { download } from '#lib/http/download.ts'
import * as paths from '#lib/web/paths.ts'

/** Everything of the organization as one file, for an owner who proved lately who they are. */
export async function GET(
  _request: Request,
  { params }: RouteContext<'/dashboard/[organization]/settings/export/[id]'>,
) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  // The page asks for what is missing.
  if (roleMay(merchant.role, 'security.write') && !(await hasFreshProof())) redirect(paths.archives({ organization }))
  const { name, bytes, parts } = await downloadArchive(merchant, id, new Date()).catch((error: unknown) => {
    if (isRefusal(error)) notFound()
    throw error
  })
  return download(await whileMember(merchant, parts), { name, type: 'application/zip', bytes })
}
