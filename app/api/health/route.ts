import manifest from '../../../package.json' with { type: 'json' }
import { onlyGet } from '../refusals.ts'

export const dynamic = 'force-dynamic'

/** The process is up; nothing else is asked. */
export const GET = () =>
  Response.json(
    { status: 'ok', version: manifest.version, uptimeSeconds: Math.floor(process.uptime()) },
    { headers: { 'cache-control': 'no-store' } },
  )

export { onlyGet as DELETE, onlyGet as OPTIONS, onlyGet as PATCH, onlyGet as POST, onlyGet as PUT }
