import { openApiDocument } from '#lib/api/openapi.ts'
import { onlyGet } from '../refusals.ts'

export const dynamic = 'force-dynamic'

/** The OpenAPI 3.1 document; generators on other hosts may read it. */
export const GET = () =>
  Response.json(openApiDocument(), {
    headers: { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' },
  })

export { onlyGet as DELETE, onlyGet as OPTIONS, onlyGet as PATCH, onlyGet as POST, onlyGet as PUT }
