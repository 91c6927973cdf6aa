/** So many views an organization keeps. */
export const VIEWS_MAX = 30

/** The bound of a view's name. */
export const NAME_MAX = 60

/** A view as pages and the sidebar show it. `query` is as it is typed, with ids in place of names. */
export type SavedView = {
  id: string
  name: string
  query: string
  sort: string
  dir: 'asc' | 'desc'
  isDefault: boolean
}
