import manifest from '../../../package.json' with { type: 'json' }

export const dynamic = 'force-dynamic'

/** The process is up; nothing else is asked. */
export const GET = () =>
  Response.json({ status: 'ok', version: manifest.version, uptimeSeconds: Math.floor(process.uptime()) })
