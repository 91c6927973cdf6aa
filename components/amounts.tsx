import type { Amounts } from '#lib/purchases/amounts.ts'
import { moneyText } from '#lib/store-facts/money.ts'
import { cx } from './ui/cx.ts'

/** What was paid and what went back, as the store said it. `inLine` has no room below. */
export const AmountsText = ({ amounts, inLine }: { amounts: Amounts[]; inLine?: boolean }) =>
  amounts.map(({ currency, paid, refunded, isOfWholeOrder }) => {
    const notes = [
      ...(refunded > 0 ? [refunded >= paid ? 'all refunded' : `${moneyText(refunded, currency)} refunded`] : []),
      ...(isOfWholeOrder ? ['of the whole order'] : []),
    ]
    return (
      <span key={currency} className={cx('whitespace-nowrap tabular-nums', inLine ? 'sm:block' : 'block')}>
        {moneyText(paid, currency)}
        {notes.map((note) => (
          <span key={note} className={cx('text-mute', inLine ? 'ml-1.5' : 'block')}>
            {note}
          </span>
        ))}
      </span>
    )
  })
