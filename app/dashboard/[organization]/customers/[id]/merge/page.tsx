import type { Metadata } from 'next'
import Link from 'next/link'
import { EmailText } from '#components/email-text.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { type CustomerRecord, getCustomer, getCustomerRecord, listCustomerRecords } from '#lib/customers/queries.ts'
import { isErasedAddress, personDeleted } from '#lib/customers/rules.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { MergeButton } from './merge-button.tsx'

export const metadata: Metadata = { title: 'Merge customers' }

type Props = PageProps<'/dashboard/[organization]/customers/[id]/merge'>

/** Two customers who are one person, side by side, before they become one. */
export default async function MergeCustomerPage({ params, searchParams }: Props) {
  const [{ organization, id }, query] = await Promise.all([params, searchParams])
  const merchant = await requireMerchant(organization)
  const from = await found(getCustomerRecord(merchant, id))
  const address = typeof query.into === 'string' ? query.into.trim().slice(0, 254) : ''
  const [other] = address
    ? await listCustomerRecords(merchant, { emails: [address] }, { sort: 'createdAt', dir: 'asc', limit: 1 })
    : []
  const into = other && other.id !== id ? other : null
  const { addressChosenAt, erasedAt } = await found(getCustomer(merchant, id))
  return (
    <>
      <PageHeader
        title="Merge"
        breadcrumbs={[
          { label: 'Customers', href: paths.customers({ organization }) },
          { label: from.name ?? from.email, href: paths.customer({ organization, id }) },
        ]}
      />
      {!roleMay(merchant.role, 'customers.write') ? (
        <NotYourRole role={merchant.role} back={paths.customers({ organization })} />
      ) : (
        <PageBody narrow>
          {erasedAt || (into && isErasedAddress(into.email)) ? (
            <Notice>{personDeleted().message}</Notice>
          ) : into ? (
            <>
              <div className="grid grid-cols-1 items-start gap-3.5 sm:grid-cols-2">
                <Side title="Goes" customer={from} organization={organization} />
                <Side title="Stays" customer={into} organization={organization} />
              </div>
              {addressChosenAt && (
                <Notice tone="warn" title="They took this address themselves.">
                  On <DateText value={addressChosenAt} /> they changed it to {from.email}, and confirmed that from both
                  mailboxes. Somebody who asks for another may only still read the mailbox before.
                </Notice>
              )}
              <p className="text-pretty text-mute">
                {into.email} gets everything: keys with their devices, purchases, notes and history, and the name where
                it has none. With {from.email} nothing is seen any more. Both are told by mail.
              </p>
              <div className="flex flex-wrap items-center gap-2">
                <MergeButton
                  organization={organization}
                  from={{ id: from.id, email: from.email }}
                  into={{ id: into.id, email: into.email }}
                  has={`${countText(from._count.licenseKeys, 'key')}, ${countText(from._count.purchases, 'purchase')}`}
                  isChosen={addressChosenAt !== null}
                />
                <Button href={paths.mergeCustomer({ organization, id: into.id }, { into: from.email })}>
                  The other way round
                </Button>
                <Button href={paths.customer({ organization, id })} variant="ghost">
                  Cancel
                </Button>
              </div>
            </>
          ) : (
            <Card>
              <CardBody>
                <form method="get" className="grid max-w-[420px] gap-3">
                  <Field
                    label="Address of the customer who stays"
                    error={address ? 'No other customer has this address.' : undefined}
                    description={`Everything of ${from.email} goes to them. You see both before anything happens.`}
                  >
                    <Input name="into" type="email" defaultValue={address} autoComplete="off" spellCheck={false} />
                  </Field>
                  <div>
                    <Button type="submit">Look at both</Button>
                  </div>
                </form>
              </CardBody>
            </Card>
          )}
        </PageBody>
      )}
    </>
  )
}

function Side({ title, customer, organization }: { title: string; customer: CustomerRecord; organization: string }) {
  return (
    <Card>
      <CardHeader title={title} />
      <CardBody>
        <p className="font-medium">
          <Link
            href={paths.customer({ organization, id: customer.id })}
            className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
          >
            {customer.name ?? 'No name'}
          </Link>
        </p>
        <p className="mb-3 break-words text-mute">
          <EmailText email={customer.email} />
        </p>
        <DescriptionList>
          <Description name="Keys">{numberText(customer._count.licenseKeys)}</Description>
          <Description name="Purchases">{numberText(customer._count.purchases)}</Description>
          <Description name="Customer since">
            <DateText value={customer.createdAt} />
          </Description>
        </DescriptionList>
      </CardBody>
    </Card>
  )
}
