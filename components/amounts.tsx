import type { Amounts } from '#lib/purchases/amounts.ts'
import { moneyText } from '#lib/store-facts/money.ts'

/** What was paid, and below it what went back, as the store said it. */
export const AmountsText = ({ amounts }: { amounts: Amounts[] }) =>
  amounts.map(({ currency, paid, refunded, isOfWholeOrder }) => (
    <span key={currency} className="block whitespace-nowrap tabular-nums">
      {moneyText(paid, currency)}
      {refunded > 0 && (
        <span className="block text-mute">
          {refunded >= paid ? 'all refunded' : `${moneyText(refunded, currency)} refunded`}
        </span>
      )}
      {isOfWholeOrder && <span className="block text-mute">of the whole order</span>}
    </span>
  ))
