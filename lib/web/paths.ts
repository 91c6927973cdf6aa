import type { Route } from 'next'

// The address of every page, one function each, in the order of the folders below app/. Browsers load what their page uses, so
// these stay small and know nothing of the server. What stands in an address is an id, a slug or a code, and needs no escape.

type Query = { [name: string]: string | number | null | undefined }

/** `page` is checked by the compiler: it has to be a folder below app/. What is empty stays out of the query. */
function to<const Page extends string>(page: Route<Page>, query: Query = {}, part = ''): Route {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, String(value))
  // Commas stand between the values of a filter, and read better as they are.
  return of({
    pathname: page,
    search: search.size > 0 ? `?${search}`.replaceAll('%2C', ',') : '',
    hash: part && `#${part}`,
  })
}

/** The path within this site of an address that is known to lead here. */
export const of = ({ pathname, search, hash }: Pick<URL, 'pathname' | 'search' | 'hash'>): Route =>
  (pathname + search + hash) as Route

type Organization = { organization: string }
type OneOf = Organization & { id: string }

/** Leads everybody to where they belong. */
export const start = () => to('/')
export const account = (part?: string) => to('/account', {}, part)
/** Makes an organization of one's own, where that is allowed. */
export const newOrganization = () => to('/account/organization')
/** The same after a sign-in elsewhere was linked, or was not. */
export const accountLinked = (query: { linked?: string; error?: string }) => to('/account', query, 'linked')
/** Sets up the second step of signing in; `required` is the organization that asks for it. */
export const twoStep = (query?: { required?: string }) => to('/account/two-step', query)
/** Where the mail leads that confirms another address. */
export const newAddress = (query: { token: string }) => to('/account/address', query)

/** The organization one belongs to, or a choice of several. */
export const dashboard = () => to('/dashboard')

/** `span` says how far back its charts reach. */
export const overview = ({ organization }: Organization, query?: { span: string | null }) =>
  to(`/dashboard/${organization}`, query)

export const activations = ({ organization }: Organization) => to(`/dashboard/${organization}/activations`)

export const customers = ({ organization }: Organization) => to(`/dashboard/${organization}/customers`)
/** `purchases` is the page of those, `notes` how many notes to show; each leads to its card. */
export const customer = ({ organization, id }: OneOf, query?: { purchases?: number; notes?: number }) =>
  to(`/dashboard/${organization}/customers/${id}`, query, query && (query.notes ? 'notes' : 'purchases'))

export const editCustomer = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/customers/${id}/edit`)
/** Everything that happened to a customer. */
export const customerHistory = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/customers/${id}/history`)
/** Makes two customers one; `into` is the address of the one who stays. */
export const mergeCustomer = ({ organization, id }: OneOf, query?: { into: string }) =>
  to(`/dashboard/${organization}/customers/${id}/merge`, query)

export const history = (
  { organization }: Organization,
  query?: { q?: string; what?: string; who?: string; batch?: string },
) => to(`/dashboard/${organization}/history`, query)

/** What was done to many keys at once. */
export const bulkChanges = ({ organization }: Organization) => to(`/dashboard/${organization}/bulk-changes`)
export const bulkChange = ({ organization, id }: OneOf, query?: { outcome: string }) =>
  to(`/dashboard/${organization}/bulk-changes/${id}`, query)
/** Calls of client software as they are answered. Filters take several values with commas between them; `before` is a place in the list. */
export const live = (
  { organization }: Organization,
  query?: {
    outcome?: string
    code?: string
    key?: string
    configuration?: string
    span?: string
    before?: string
  },
) => to(`/dashboard/${organization}/live`, query)
/** What a page is told while somebody looks at it: about some subjects, or the log of calls. */
export const liveStream = ({ organization }: Organization, query: Query) => to(`/api/live/${organization}`, query)

export const imports = ({ organization }: Organization) => to(`/dashboard/${organization}/imports`)
export const newImport = ({ organization }: Organization) => to(`/dashboard/${organization}/imports/new`)
export const oneImport = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/imports/${id}`)
/** A file of what could not be imported. */
export const importProblems = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/imports/${id}/problems`)

export const keyConfigurations = ({ organization }: Organization, query?: { status: 'archived' }) =>
  to(`/dashboard/${organization}/key-configurations`, query)
export const newKeyConfiguration = ({ organization }: Organization) =>
  to(`/dashboard/${organization}/key-configurations/new`)
export const keyConfiguration = ({ organization, id }: OneOf) =>
  to(`/dashboard/${organization}/key-configurations/${id}`)
export const editKeyConfiguration = ({ organization, id }: OneOf) =>
  to(`/dashboard/${organization}/key-configurations/${id}/edit`)
/** Programs that ask about keys of a configuration; `accept` is a product's id or "configuration". */
export const integrate = ({ organization, id }: OneOf, query?: { language: string; accept?: string }) =>
  to(`/dashboard/${organization}/key-configurations/${id}/integrate`, query)

/** Filters as lib/license-keys/language.ts writes them, with ids in place of names; `view` is the saved view they come from. */
export const licenseKeys = (
  { organization }: Organization,
  query?: {
    q?: string
    status?: string
    reason?: string
    configuration?: string
    product?: string
    customer?: string
    order?: string
    purchase?: string
    expires?: string
    ended?: string
    seen?: string
    issued?: string
    activated?: string
    limit?: string
    refused?: string
    risk?: string
    tag?: string
    meta?: string
    import?: string
    sort?: string
    dir?: 'asc' | 'desc'
    view?: string
  },
) => to(`/dashboard/${organization}/license-keys`, query)
/** With what is known already filled in. */
export const newLicenseKey = (
  { organization }: Organization,
  query?: { configuration?: string; product?: string; email?: string; name?: string | null },
) => to(`/dashboard/${organization}/license-keys/new`, query)
/** A file of all keys that a query of the list asks for. */
export const licenseKeysFile = ({ organization }: Organization, query: Query) =>
  to(`/dashboard/${organization}/license-keys/export`, query)
/** A page of a key. `history` and `refusals` say how many of them to show, `span` of which time, `undo` what was just done to it. */
export const licenseKey = (
  { organization, id }: OneOf,
  query?: { history?: number; refusals?: number; span?: string | null; undo?: string },
  part?: 'devices' | 'refusals',
) => to(`/dashboard/${organization}/license-keys/${id}`, query, part)
/** What a call about a key would come to; the query is the call. */
export const simulate = ({ organization, id }: OneOf, query?: Query) =>
  to(`/dashboard/${organization}/license-keys/${id}/simulate`, query)
export const editLicenseKey = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/license-keys/${id}/edit`)

/** People whose software is refused; `cause` is a code. */
export const trouble = (
  { organization }: Organization,
  query?: { state?: string; window?: 'day' | 'week'; cause?: string | null; page?: number },
) => to(`/dashboard/${organization}/trouble`, query)

/** Keys that look misused, what speaks against one of them, and what holds for all. */
export const risks = ({ organization }: Organization, query?: { level?: string }) =>
  to(`/dashboard/${organization}/risk`, query)
export const risk = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/risk/${id}`)
export const riskSettings = ({ organization }: Organization) => to(`/dashboard/${organization}/risk/settings`)

export const products = ({ organization }: Organization, query?: { status: 'archived' }) =>
  to(`/dashboard/${organization}/products`, query)
export const newProduct = ({ organization }: Organization) => to(`/dashboard/${organization}/products/new`)
export const product = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/products/${id}`)
export const editProduct = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/products/${id}/edit`)

/** What the organization has sold. Filters take several values with commas between them. */
export const sales = ({ organization }: Organization, query?: { q?: string; store?: string; product?: string }) =>
  to(`/dashboard/${organization}/purchases`, query)
/** `history` says how many events to show. */
export const sale = ({ organization, id }: OneOf, query?: { history: number }) =>
  to(`/dashboard/${organization}/purchases/${id}`, query)

export const stores = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/stores`)
export const newStore = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/stores/new`)
/** A connection; `part` is a section of its page. */
export const store = ({ organization, id }: OneOf, part?: 'api-access') =>
  to(`/dashboard/${organization}/settings/stores/${id}`, {}, part)
export const storeSettings = ({ organization, id }: OneOf) =>
  to(`/dashboard/${organization}/settings/stores/${id}/settings`)
export const deliveries = ({ organization, id }: OneOf, query?: { state: 'failed' | 'new' | 'waiting' }) =>
  to(`/dashboard/${organization}/settings/stores/${id}/deliveries`, query)
export const delivery = ({ organization, id, delivery }: OneOf & { delivery: string }) =>
  to(`/dashboard/${organization}/settings/stores/${id}/deliveries/${delivery}`)

export const webhooks = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/webhooks`)
export const newWebhook = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/webhooks/new`)
/** An endpoint, with what was sent to it. */
export const webhook = ({ organization, id }: OneOf, query?: { state?: string }) =>
  to(`/dashboard/${organization}/settings/webhooks/${id}`, query)
export const webhookSettings = ({ organization, id }: OneOf) =>
  to(`/dashboard/${organization}/settings/webhooks/${id}/settings`)
export const webhookMessage = ({ organization, id, message }: OneOf & { message: string }) =>
  to(`/dashboard/${organization}/settings/webhooks/${id}/messages/${message}`)

export const apiKeys = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/api-keys`)
export const newApiKey = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/api-keys/new`)
export const members = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/members`)
export const organizationSettings = ({ organization }: Organization) =>
  to(`/dashboard/${organization}/settings/organization`)
/** What an organization's mails say, and which go out. */
export const mail = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/mail`)
export const mailLooks = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/mail/looks`)
export const mailText = ({ organization, mail }: Organization & { mail: string }) =>
  to(`/dashboard/${organization}/settings/mail/texts/${mail}`)
/** What was sent. */
export const sentMail = ({ organization }: Organization, query?: { q?: string; state?: string }) =>
  to(`/dashboard/${organization}/settings/mail/sent`, query)
/** What customers may do for themselves. */
export const customerSettings = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/customers`)
export const backgroundWork = ({ organization }: Organization) =>
  to(`/dashboard/${organization}/settings/background-work`)
/** Everything of the organization as one file. */
export const archives = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/export`)
export const archiveFile = ({ organization, id }: OneOf) => to(`/dashboard/${organization}/settings/export/${id}`)
export const securityLog = ({ organization }: Organization) => to(`/dashboard/${organization}/settings/security`)

/** The API reference; `part` is a section of its first page. */
export const reference = (part?: string) => to('/docs', {}, part)
/** One kind of thing in the API reference; `part` is a call or a shape. */
export const chapter = ({ chapter }: { chapter: string }, part?: string) => to(`/docs/${chapter}`, {}, part)
/** The messages of a shop of the merchant's own; `part` is one of them. */
export const ownShop = (part?: string) => to('/docs/own-shop', {}, part)
export const errorCodes = () => to('/docs/errors')
export const errorCode = ({ code }: { code: string }) => to(`/docs/errors/${code}`)

/** Sign-in; `callbackUrl` is where it leads. */
export const login = (query?: { email?: string; callbackUrl?: string | null; error?: string }) => to('/login', query)
/** Sets out for a provider; it answers with a redirect. `link`: to link it to the account that is signed in. */
export const signInWith = ({ provider }: { provider: string }, query: { callbackUrl?: string | null; link?: 1 }) =>
  to(`/login/with/${provider}`, query)
/** The second step of signing in. */
export const secondStep = (query?: { callbackUrl?: string | null }) => to('/login/second-step', query)
/** Where a session is led that an organization keeps out by how it was begun. */
export const anotherWay = (query: { organization: string; callbackUrl?: string | null }) => to('/login/way', query)
/** Asks people who signed in by password for the mail that proves their address. */
export const confirmAddress = () => to('/login/confirm')
export const invitation = (query: { token: string }) => to('/login/invitation', query)
/** Where a mailed link leads. */
export const signInLink = (query: { email: string; token: string; callbackUrl?: string | null }) =>
  to('/login/link', query)
/** Where the code of a sign-in mail is typed; `request` names the mail that was asked for. */
export const linkSent = (query?: { to: string; request?: string; for?: 'password'; callbackUrl?: string | null }) =>
  to('/login/sent', query)
/** Asks for the mail that sets a new password, and where that leads. */
export const forgottenPassword = (query?: { email?: string }) => to('/login/forgot', query)
export const newPassword = (query: { token: string }) => to('/login/password', query)

export const outbox = (query?: { to?: string; page?: number }) => to('/outbox', query)
export const outboxMail = ({ id }: { id: string }) => to(`/outbox/${id}`)

/** A customer's own page, or of one purchase all keys, and the page of one of their keys. */
export const purchases = (query?: { q?: string; purchase?: string; page?: number | null }) => to('/purchases', query)
export const purchasedKey = ({ id }: { id: string }) => to(`/purchases/${id}`)

/** The same two as a member looks at them; `language` in place of the customer's. Outside of the dashboard, whose frame they have not. */
export const previewedPurchases = (
  { organization, id }: OneOf,
  query?: { purchase?: string; page?: number | null; language?: string | null },
) => to(`/purchases/preview/${organization}/${id}`, query)
export const previewedKey = (
  { organization, id, key }: OneOf & { key: string },
  query?: { language?: string | null },
) => to(`/purchases/preview/${organization}/${id}/${key}`, query)
/** Where the link of a mail with a key leads. */
export const openKey = (query: { mail: string; code: string }) => to('/purchases/open', query)
/** What software shows that asks for a key: short, since people type it. It leads to the next. */
export const activate = (query?: { code?: string }) => to('/activate', query)
/** `request` is whose code was typed. */
export const approveDevice = (query?: { code?: string | null; request?: string }) => to('/purchases/activate', query)
/** Where the link of a mail leads that offers a key to somebody else. */
/** Where a customer asks for another address, and where the links lead by which both mailboxes say yes. */
export const moveAddress = () => to('/purchases/address')
export const confirmMove = (query: { token: string }) => to('/purchases/address/confirm', query)
export const takeKey = (query: { token: string }) => to('/purchases/take', query)
/** Where software sends people whose devices take all places; `ask` says for which device. */
export const replaceDevice = (query: { ask: string }) => to('/purchases/replace', query)

/** Where a link in a reminder leads: it stops them. */
export const reminders = (query: { mail: string; code: string }) => to('/reminders', query)

/** Where a mail leads that asks which devices are its reader's. */
export const whichDevices = (query: { question: string; code: string }) => to('/devices', query)

export const setUp = () => to('/setup')
