import '#server-only'
import type { Fact, Instant, StoreName } from './schema.ts'

/** A request of a store as it came. */
export type Delivery = {
  /** Without regard to case; null when it is not there. */
  header: (name: string) => string | null
  body: Buffer
  receivedAt: Date
}

/** Why a request is not believed. */
export const distrusts = {
  unsigned: 'It carries no signature.',
  wrong_signature: 'Its signature fits no secret of this connection.',
  too_old: 'It was signed more than five minutes ago.',
  from_the_future: 'It was signed more than five minutes in the future.',
  no_secret: 'This connection has no secret yet.',
} as const
export type Distrust = keyof typeof distrusts

/** One event of a delivery in our words. */
export type Reading = {
  /** Names the event among those of its connection: the same one twice has the same. */
  key: string
  /** In the store's words. */
  type: string
  /** Whether it is one of the store's test mode; null where the body does not say. */
  isTest: boolean | null
  occurredAt: Instant | null
  facts: Fact[]
  /** What has to be asked of the store's API before all is known. */
  asks?: Ask[]
  /** Why nothing follows from it, for people: a whole sentence. */
  ignored?: string
}

/** A question to the store's API, and what its answer says. Where the connection has no credential, `otherwise` is all there is. */
export type Ask = {
  path: string
  read: (answer: unknown) => Fact[]
  otherwise: Fact[]
  /** What holds without an answer where something else of the connection was begun by this payment, and sells these products itself. */
  knowing?: { ref: string; payment: string; facts: (isToldElsewhere: (productId: string) => boolean) => Fact[] }
}

/** Asks the API of a connection: the parsed body of a 2xx, or an error. The path may be a whole address of the same origin. */
export type StoreApi = (path: string) => Promise<unknown>

/** Puts the fields of a form to the API of a connection; an error unless the answer is a 2xx. */
export type StorePut = (path: string, fields: Record<string, string>) => Promise<void>

/** What a StoreApi throws when the store answered and refused: 404 is an answer, too. */
export class StoreApiRefusal extends Error {
  readonly status: number
  constructor(status: number) {
    super(`The store answered with ${status}.`)
    this.status = status
  }
}

/** How a store's requests are believed and understood. Nothing here knows our database. */
export type StoreReader = {
  name: StoreName
  /**
   * Why the delivery is not believed, or null when its signature fits one of the secrets. `now` is the moment to measure its age by.
   */
  distrust: (delivery: Delivery, secrets: readonly string[], now: Date) => Distrust | null
  /** Whoever sends can mend what is wrong with it, and is told; vendors would only send the same again. */
  tellsSender?: true
  /** What a believed delivery says; throws UnreadableDelivery (read.ts) when it is not of this store's shape. */
  read: (delivery: Delivery) => Reading[]
  /** The store's API, where we can ask it: address, by mode, and how a credential is sent. */
  api?: {
    origin: (mode: 'live' | 'test', credential: string) => string
    headers: (credential: string) => Record<string, string>
    /** How often everything is read anew; once a day where nothing else is said. */
    everyMinutes?: number
    /** Where the store is told by its API where to send, and not by hand: does what is not done yet. */
    sendTo?: (api: StoreApi, put: StorePut, address: string) => Promise<void>
    /** Everything that may have changed since then, as facts, page by page. */
    changedSince: (api: StoreApi, since: Date, now: Date) => AsyncIterable<Fact[]>
  }
}
