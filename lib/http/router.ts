import '#server-only'

/** What a router tells apart: a method and a path, in which `{id}` stands for one segment. */
type Route = { method: string; path: string }

/** Routes found by path: most are named whole, some have parameters. */
export type Router<R extends Route> = { whole: Map<string, R[]>; patterns: { segments: string[]; route: R }[] }

/** The route that answers, with the parameters of its path, or the methods that this path takes: none where nothing is. */
export type Found<R extends Route> = { route: R; params: Record<string, string> } | { route: null; allow: string }

export const routerOf = <R extends Route>(routes: readonly R[]): Router<R> => ({
  whole: Map.groupBy(
    routes.filter(({ path }) => !path.includes('{')),
    ({ path }) => path,
  ),
  patterns: routes
    .filter(({ path }) => path.includes('{'))
    .map((route) => ({ segments: route.path.split('/'), route })),
})

/** Finds who answers. A path that is named whole is no value of a parameter. */
export function findRoute<R extends Route>({ whole, patterns }: Router<R>, method: string, path: string): Found<R> {
  const named = whole.get(path)
  if (named)
    return among(
      named.map((route) => ({ route, params: {} })),
      method,
    )
  const sent = path.split('/')
  return among(
    patterns.flatMap(({ segments, route }) => {
      const params = match(segments, sent)
      return params ? [{ route, params }] : []
    }),
    method,
  )
}

const among = <R extends Route>(here: { route: R; params: Record<string, string> }[], method: string): Found<R> =>
  here.find(({ route }) => route.method === method) ?? {
    route: null,
    allow: here.map(({ route }) => route.method).join(', '),
  }

function match(segments: string[], sent: string[]): Record<string, string> | null {
  if (segments.length !== sent.length) return null
  const params: Record<string, string> = {}
  for (const [i, segment] of segments.entries()) {
    const value = sent[i] as string
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = decoded(value)
    else if (segment !== value) return null
  }
  return params
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A path as routes are written. A base URL that ends in "/" makes clients ask for "//". */
export function tidyPath(path: string): string {
  if (path.includes('//')) path = path.replace(/\/{2,}/g, '/')
  return path.endsWith('/') ? path.slice(0, -1) : path
}
