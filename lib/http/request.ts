/** A request as any HTTP server can hand it over. Nothing of its body is read before somebody asks for it. */
export type HttpRequest = {
  method: string
  /** The path below the routes' root and what follows the "?", as they were sent. */
  path: string
  query: string
  /** By its name in lower case. */
  header: (name: string) => string | null
  /** The client, as the production server found it out; null where nothing stands before the handler. */
  address: string | null
  /** Null when there is more than that. Throws when the client goes away. */
  body: (maxBytes: number) => Promise<Uint8Array | null>
}

/** An answer as it goes over the wire. */
export type HttpAnswer = { status: number; headers: Record<string, string>; body: string | null }

/** What a body may be: JSON; a form, JSON or nothing; JSON or nothing; nothing that is read. */
export type BodyKind = 'json' | 'form' | 'optional' | 'none'
