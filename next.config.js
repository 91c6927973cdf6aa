import { existsSync } from 'node:fs'

const builds = process.env.NODE_ENV === 'production'

/** @type {import('next').NextConfig} */
const config = {
  typedRoutes: true,
  reactCompiler: true,
  // Types are checked by `npm run check` and `npm test`. Whoever builds what was checked need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  agentRules: false,
  poweredByHeader: false,
  // Polar's clients call list paths with and without a trailing slash; a redirect would cost them a round trip.
  skipTrailingSlashRedirect: true,
  experimental: {
    authInterrupts: true,
    agentUpgrade: false,
    turbopackRustReactCompiler: true,
    // A newcomer waits for the first build and makes no second one soon: from that on, a cache pays.
    turbopackFileSystemCacheForBuild: existsSync(new URL('.next/BUILD_ID', import.meta.url)),
    // 100 MB that nothing reads in production.
    turbopackSourceMaps: !builds,
  },
}
export default config
