/** How the pages beside a far one are found: by marks that the server gives. Near ones have none. */
export type FarPages = {
  /** There are more rows than were counted. */
  isMore: boolean
  /** Pages that reach no further than so many rows from either end are found by their numbers. */
  numbered: number
  previous: string | null
  next: string | null
}

export const noFarPages: FarPages = { isMore: false, numbered: Number.POSITIVE_INFINITY, previous: null, next: null }
