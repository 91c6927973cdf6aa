/** An amount in its currency's smallest unit as people write it: "€49.00". A currency nobody knows keeps its letters. */
export function moneyText(amount: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat('en-US', { style: 'currency', currency })
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
  } catch {
    return `${amount} ${currency}`
  }
}
