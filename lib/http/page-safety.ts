import '#server-only'

/** Where a page finds the nonce of its answer. The name is ours (lib/http/client.ts): no client can send it. */
export const NONCE_HEADER = 'x-latchkey-nonce'

/**
 * What goes with every page (W3C CSP Level 3): scripts only with the nonce of this answer and what those load, nothing from other hosts, in
 * nobody's frame. Styles may be inline: menus and charts position themselves with them, and they run nothing.
 */
export function pageHeaders(nonce: string, publicUrl: string, isDevelopment = false): Record<string, string> {
  const policy: Record<string, string> = {
    'default-src': "'self'",
    // React's development tools evaluate code.
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self' data:",
    'connect-src': isDevelopment ? "'self' ws:" : "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  }
  return {
    'content-security-policy': Object.entries(policy)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    // For browsers that do not know frame-ancestors.
    'x-frame-options': 'DENY',
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  }
}

/**
 * True when a page of another site sends something here. Next compares the same, and what it finds it takes for an error of ours. Programs send
 * no Origin, and have no cookies that somebody else's page could use.
 */
export function isFromElsewhere(method: string, header: (name: string) => string | null): boolean {
  const origin = header('origin')
  if (origin === null || ['GET', 'HEAD', 'OPTIONS'].includes(method)) return false
  const host = header('x-forwarded-host')?.split(',')[0]?.trim() || header('host')
  return !URL.canParse(origin) || new URL(origin).host !== host
}
