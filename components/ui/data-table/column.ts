import type { ReactNode } from 'react'

/** The widths of a table from which on more columns fit. */
export type Room = 700 | 800 | 900 | 1000 | 1100 | 1200

/** One column of a table, described by the page that shows it. */
export type Column<Row> = {
  /** Also the name it is sorted by in the address. */
  id: string
  header: string
  cell: (row: Row) => ReactNode
  /** Whether the server can sort by it; 'desc' starts with the largest. */
  sort?: boolean | 'desc'
  align?: 'end'
  /** A CSS width; columns without one share the rest. */
  width?: string
  /** Its place on the card that replaces the row on a phone; the first column is the title, others are `meta`. */
  phone?: 'title' | 'subtitle' | 'meta' | 'hidden'
  /** On a phone the value needs no name before it: a status, a sentence. */
  saysItself?: boolean
  /** Not shown until somebody chooses it. */
  hidden?: boolean
  /** Shown only where the table has this much room, in pixels, unless somebody chose it: without it the others would be cut. */
  room?: Room
  /** Cannot be switched off. */
  fixed?: boolean
  /** A text that somebody may want to have; '' when there is none. Its name: "Copy address". */
  copy?: { label: string; text: (row: Row) => string }
}
