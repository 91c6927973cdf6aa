import { cx } from '../cx.ts'

/** How the cells of a head look, and those of a row; on a phone a row is a card, and its cells have a place there. */
export const headLook =
  'sticky top-0 z-10 h-8 whitespace-nowrap border-line border-b bg-panel px-3 text-left font-medium text-mute text-sm'
export const cellLook =
  'relative h-[38px] whitespace-nowrap border-line2 border-b px-3 group-data-dense/table:h-[30px] max-sm:h-auto! max-sm:border-0 max-sm:p-0'
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
