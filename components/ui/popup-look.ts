/** The look of what floats over the page: menus, popovers, select lists. */
export const popupLook =
  'origin-(--transform-origin) rounded-card bg-raise text-ink shadow-pop outline-none transition-[opacity,scale] duration-120 ease-out data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0'

/** One row of a menu or list that floats. */
export const rowLook =
  'flex min-h-8 w-full select-none items-center gap-2.5 rounded-sm px-2 py-1 text-left outline-none data-disabled:text-mute data-highlighted:bg-hover pointer-coarse:min-h-10'
