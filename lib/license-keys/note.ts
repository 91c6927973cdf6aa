import { foldForSearch } from '../base/text.ts'

/** The columns that hold a note: as it was written, and as it is searched. */
export const noteColumns = (note: string) => ({ note, noteFolded: note === '' ? null : foldForSearch(note) })
