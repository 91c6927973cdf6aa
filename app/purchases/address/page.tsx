import type { Metadata } from 'next'
import { currentUser, requireCustomer } from '#lib/auth/session.ts'
import { openMoveOf } from '#lib/customers/move-address.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { momentFor } from '#lib/words/rules.ts'
import { FoldedForm } from '../folded-form.tsx'
import { PurchasesFrame } from '../purchases-frame.tsx'
import { askForMove, stopMoving } from './actions.ts'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.address.title },
  robots: { index: false },
})

/** Where a customer asks for another address, and sees which mailbox said yes. */
export default async function AddressPage() {
  const customer = await requireCustomer(paths.moveAddress())
  const [move, user, reader] = await Promise.all([openMoveOf(customer, new Date()), currentUser(), currentReader()])
  const { words, zone } = reader
  const { address: say } = words
  const isMember = Boolean(user?.memberships.length)
  const mailboxes = move && [
    move.fromConfirmedAt ? say.saidYes(move.from) : say.asked(move.from),
    move.toConfirmedAt ? say.saidYes(move.to) : say.asked(move.to),
  ]
  return (
    <PurchasesFrame email={customer.email} hasDashboard={isMember} reader={reader}>
      <p className="mb-2 text-mute">
        <a href={paths.purchases()} className="rounded-xs hover:text-ink">
          ← {words.frame.yourPurchases}
        </a>
      </p>
      <h1 className="text-pretty font-semibold text-xl tracking-tight">{say.title}</h1>
      <div className="mt-4 grid max-w-[480px] gap-3.5">
        {/* One form in both states, so that it says what the last press came to. */}
        <FoldedForm
          {...(move
            ? { action: stopMoving, title: say.waitingTitle, button: say.stop }
            : { action: askForMove, button: say.button, email: say.to })}
          isOpen
          isAlone
        >
          {move ? (
            <div className="grid gap-1.5 text-pretty text-mute [overflow-wrap:anywhere]">
              <p>{say.waiting(move.to, momentFor(words, move.expiresAt, zone ?? 'UTC'))}</p>
              {mailboxes?.map((each) => (
                <p key={each}>{each}</p>
              ))}
            </div>
          ) : (
            <div className="grid gap-1.5 text-pretty text-mute [overflow-wrap:anywhere]">
              <p>{say.about(customer.email)}</p>
              <p>{say.effect}</p>
              {isMember && <p>{say.account}</p>}
            </div>
          )}
        </FoldedForm>
      </div>
    </PurchasesFrame>
  )
}
