import { createParser } from 'nuqs/server'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** What of a list is open at its side: an id, '' when nothing is. */
export const peekParam = createParser({
  parse: (text) => (ID.test(text) ? text : null),
  serialize: (text: string) => text,
}).withDefault('')

/** Its name in the address. */
export const PEEK = 'open'

/** From this width on there is room for both; below it a row leads to its page. Written again in globals.css. */
export const PEEK_WIDE = '(min-width: 1024px)'
