// Scores as people write them in a filter: `>60`, `<30`, `40..60`, `100`.

const NUMBER = /^(?:([<>]=?)?(\d{1,3})|(\d{1,3})\.\.(\d{1,3}))$/

/** Whole numbers from one to another, both included. */
export type NumberRange = { from: number; to: number }

/** A number or a range as it is kept, within what there is; otherwise what was expected. */
export function readNumber(text: string, { least, most }: { least: number; most: number }) {
  const expected = { expected: `a number from ${least} to ${most}, such as >60 or 40..60` }
  const [, sign, one, from, to] = NUMBER.exec(text) ?? []
  if (from !== undefined && to !== undefined) {
    const [a, b] = [Number(from), Number(to)]
    if (a < least || b > most || a > b) return expected
    return { value: a === b ? String(a) : `${a}..${b}` }
  }
  if (one === undefined) return expected
  const number = Number(one)
  if (number < least || number > most) return expected
  // What includes its border is kept as a range, so that the same is always written the same way.
  if (sign === '>=') return { value: number === most ? String(most) : `${number}..${most}` }
  if (sign === '<=') return { value: number === least ? String(least) : `${least}..${number}` }
  // More than the most there is is nothing.
  if ((sign === '>' && number === most) || (sign === '<' && number === least)) return expected
  return { value: `${sign ?? ''}${number}` }
}

/** The numbers that a kept value means. */
export function rangeOf(value: string, { least, most }: { least: number; most: number }): NumberRange {
  const [, sign, one = '', from, to] = NUMBER.exec(value) ?? []
  if (from !== undefined && to !== undefined) return { from: Number(from), to: Number(to) }
  const number = Number(one)
  if (sign === '>') return { from: number + 1, to: most }
  if (sign === '<') return { from: least, to: number - 1 }
  return { from: number, to: number }
}
