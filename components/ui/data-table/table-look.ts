import { cx } from '../cx.ts'
import type { Column, Room } from './column.ts'
import type { TableLayout } from './table-layout.ts'

/** How the cells of a head look, and those of a row; on a phone a row is a card, and its cells have a place there. */
export const headLook =
  'sticky top-0 z-10 h-8 whitespace-nowrap border-line border-b bg-panel px-3 text-left font-medium text-mute text-sm sm:@max-[900px]/list:not-first:not-last:px-2'
export const cellLook =
  'relative h-[38px] whitespace-nowrap border-line2 border-b px-3 group-data-dense/table:h-[30px] sm:@max-[900px]/list:not-first:not-last:px-2 max-sm:h-auto! max-sm:border-0 max-sm:p-0'
export const edges = (selectable: boolean) => cx(!selectable && 'sm:first:pl-6', 'sm:last:pr-6')
export const phoneLook = {
  title: 'max-sm:order-1 max-sm:w-full max-sm:font-medium',
  subtitle: 'max-sm:order-2 max-sm:w-full max-sm:truncate max-sm:text-mute',
  meta: 'max-sm:order-3',
  hidden: 'max-sm:hidden',
} as const

/** A column with a width of its own: what does not fit is cut, and what was cut shorter may be longer. */
export const sizedLook = 'sm:overflow-hidden sm:text-ellipsis sm:[&_.truncate]:max-w-none!'
export const sized = (width: number | undefined) =>
  width === undefined ? undefined : { width, minWidth: `min(${width}px, 100vw)`, maxWidth: width }

const roomLook: Record<Room, string> = {
  700: 'sm:@max-[700px]/list:hidden',
  800: 'sm:@max-[800px]/list:hidden',
  900: 'sm:@max-[900px]/list:hidden',
  1000: 'sm:@max-[1000px]/list:hidden',
  1100: 'sm:@max-[1100px]/list:hidden',
  1200: 'sm:@max-[1200px]/list:hidden',
}

/** Hides a column where the table is too narrow for it; never one that somebody chose. */
export const roomFor = <Row>({ id, room }: Column<Row>, { shown }: TableLayout): string | undefined =>
  room && shown[id] !== true ? roomLook[room] : undefined
