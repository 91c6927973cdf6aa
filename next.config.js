/** @type {import('next').NextConfig} */
const config = {
  typedRoutes: true,
  reactCompiler: true,
  agentRules: false,
  poweredByHeader: false,
  // Polar's clients call list paths with and without a trailing slash; a redirect would cost them a round trip.
  skipTrailingSlashRedirect: true,
  // Files of the build; pages get theirs in proxy.ts, answers below /api in lib/http/client.ts.
  headers: async () => [
    { source: '/_next/static/:path*', headers: [{ key: 'X-Content-Type-Options', value: 'nosniff' }] },
    { source: '/(favicon.ico|icon.svg)', headers: [{ key: 'X-Content-Type-Options', value: 'nosniff' }] },
  ],
  experimental: {
    authInterrupts: true,
    agentUpgrade: false,
    turbopackRustReactCompiler: true,
  },
}
export default config
