/** The box of the root layout that says so; a plain element, as the code of anything better may be what is missing. */
export const MISSING_PART = 'missing-part'

const missing = new Set<() => void>()

/** Says that a part of the page could not be loaded, and offers to try again or to reload the page. */
export function sayMissing(again: () => void) {
  const box = document.getElementById(MISSING_PART)
  if (!box) return
  missing.add(again)
  box.hidden = false
  box.onclick = ({ target }) => {
    const pressed = (target as Element).closest('button')?.value
    if (!pressed) return
    box.hidden = true
    const tries = [...missing]
    missing.clear()
    if (pressed === 'reload') window.dispatchEvent(new Event('page:reload'))
    else for (const load of tries) load()
  }
}
