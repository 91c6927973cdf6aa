// ISO 4217: those that have not two.
const DIGITS: Record<string, number> = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, JPY: 0, KMF: 0, KRW: 0, MGA: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0 },
  ...{ XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3 },
}

const digitsOf = (currency: string): number => DIGITS[currency.toUpperCase()] ?? 2

/** An amount in the smallest unit from decimal text or a number of whole units ("49.00" → 4900). Currencies without a smaller unit differ. */
export const minorUnits = (amount: string | number, currency: string): number =>
  Math.round(Number(amount) * 10 ** digitsOf(currency))

/** An amount of smallest units for people: 4900 and "eur" as "€49.00", 4900 and "JPY" as "¥4,900". */
export function moneyText(amount: number, currency: string, locale = 'en-US'): string {
  const digits = digitsOf(currency)
  const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const units = amount / 10 ** digits
  // A store may name a currency as it likes; Intl throws at what are not three letters.
  return /^[a-z]{3}$/i.test(currency)
    ? new Intl.NumberFormat(locale, { style: 'currency', currency, ...shown }).format(units)
    : `${new Intl.NumberFormat(locale, shown).format(units)} ${currency}`
}
