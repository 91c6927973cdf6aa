// What begins so is a formula to a spreadsheet. Quotes before it count too, so that taking one off always gives the cell back.
const FORMULA = /^'*[=+\-@\t\r\n]/

/** A cell that no spreadsheet takes for a formula. */
export const safeCell = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

/** What `safeCell` was given. */
export const originalCell = (text: string): string => (/^'/.test(text) && FORMULA.test(text) ? text.slice(1) : text)
