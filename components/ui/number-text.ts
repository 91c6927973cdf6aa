const english = new Intl.NumberFormat('en-US')

/** 18204 as "18,204". */
export const numberText = (value: number) => english.format(value)

/** One thing or several: countText(1, 'key') is "1 key", countText(3, 'key') "3 keys". */
export const countText = (value: number, one: string, many = `${one}s`) =>
  `${numberText(value)} ${value === 1 ? one : many}`
