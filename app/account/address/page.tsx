import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { openLink } from '#lib/auth/links.ts'
import { AccountToken } from '#lib/auth/schema.ts'
import { requireUser } from '#lib/auth/session.ts'
import * as paths from '#lib/web/paths.ts'
import { ConfirmAddressForm } from './confirm-address-form.tsx'

export const metadata: Metadata = { title: 'Confirm your address', referrer: 'same-origin', robots: { index: false } }

/** Where the mail to a new address leads. Opening it changes nothing, and only whoever asked for it can use it. */
export default async function NewAddressPage({ searchParams }: PageProps<'/account/address'>) {
  const parsed = AccountToken.safeParse(await searchParams)
  const user = await requireUser(paths.account())
  const link = parsed.success ? await openLink('address', parsed.data.token, new Date()) : null
  if (!parsed.success || link?.userId !== user.id)
    return (
      <QuietPage
        title="This link no longer works"
        actions={
          <Button variant="primary" href={paths.account()}>
            Your account
          </Button>
        }
      >
        It has already been used, has expired, was not copied completely, or is for another account than {user.email}.
      </QuietPage>
    )
  const strong = (address: string) => (
    <strong className="font-medium text-ink [overflow-wrap:anywhere]">{address}</strong>
  )
  return (
    <EntryPage
      title="Confirm your address"
      description={
        <>
          From now on you sign in as {strong(link.email)} instead of {strong(user.email)}. Other browsers are signed
          out.
        </>
      }
    >
      <ConfirmAddressForm token={parsed.data.token} />
    </EntryPage>
  )
}
