const headers = { 'cache-control': 'no-store', 'access-control-allow-origin': '*' }

/** A "no" of a route that has no words of its own. */
export const refuse = (status: number, error: string, detail: string, more: Record<string, string> = {}): Response =>
  Response.json({ error, detail }, { status, headers: { ...headers, ...more } })

/** For addresses that are only read. */
export const onlyGet = (): Response => refuse(405, 'METHOD_NOT_ALLOWED', 'Use GET or HEAD.', { allow: 'GET, HEAD' })
