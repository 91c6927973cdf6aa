'use client'
import Link from 'next/link'
import { useActionState, useState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { moneyText } from '#components/ui/money-text.ts'
import { countText } from '#components/ui/number-text.ts'
import { Select } from '#components/ui/select.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { StoreProductItem } from '#lib/stores/queries.ts'
import type { FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { place } from '../actions.ts'

type Choice = { id: string; name: string }
type Placing = {
  organization: string
  connectionId: string
  store: string
  products: Choice[]
  configurations: Choice[]
}

/** Products of which nobody has said what they are here; what was sold of them waits. */
export function ProductsToPlace({
  open,
  mayWrite,
  now,
  ...placing
}: Placing & { open: StoreProductItem[]; mayWrite: boolean; now: Date }) {
  return (
    <Card>
      <CardHeader title="Products to place">{countText(open.length, 'product')}</CardHeader>
      <CardBody className="border-line2 border-b text-pretty text-mute">
        {placing.store} sells these. Say once which product each of them is here; the sales that wait then get their
        keys.
      </CardBody>
      <ul>
        {open.map((product) => (
          <li key={product.ref} className="@container border-line2 border-t px-3.5 py-3 first:border-t-0">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Named product={product} />
              <Badge tone={product.waiting > 0 ? 'warn' : 'off'}>
                {product.waiting > 0 ? `${countText(product.waiting, 'sale')} waiting` : 'nothing waits'}
              </Badge>
            </div>
            {product.sales.length > 0 && (
              <WaitingSales organization={placing.organization} id={placing.connectionId} product={product} now={now} />
            )}
            {mayWrite && <PlaceForm {...placing} product={product} />}
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** Who waits for the answer: by buyer, amount and day it is known again which product it is. */
function WaitingSales({
  organization,
  id,
  product: { sales, waiting, name, ref },
  now,
}: {
  organization: string
  id: string
  product: StoreProductItem
  now: Date
}) {
  return (
    <div className="mt-2 rounded-control bg-line2 px-2.5 py-1.5 text-sm">
      <ul aria-label={`Sales of ${name ?? ref} that wait`} className="grid gap-0.5">
        {sales.map((sale) => (
          <li key={`${sale.ref} ${sale.line}`} className="flex flex-wrap gap-x-3">
            <span className="min-w-0 break-all">{sale.buyer ?? 'A buyer without an address'}</span>
            {sale.amount !== null && sale.currency && (
              <span className="tabular-nums">{moneyText(sale.amount, sale.currency)}</span>
            )}
            <span className="text-mute">
              <Time value={sale.boughtAt} now={now} />
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-1 text-mute">
        {waiting > sales.length && `${countText(waiting - sales.length, 'more sale')}. `}
        <Link
          href={paths.deliveries({ organization, id }, { state: 'waiting' })}
          className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
        >
          Show the deliveries that wait
        </Link>
      </p>
    </div>
  )
}

/** Products that were placed: what each is here, and what several of it mean. */
export function StoreProducts({
  placed,
  mayWrite,
  ...placing
}: Placing & { placed: StoreProductItem[]; mayWrite: boolean }) {
  const [changing, setChanging] = useState<string | null>(null)
  return (
    <Card>
      <CardHeader title="Products">{countText(placed.length, 'product')}</CardHeader>
      <ul>
        {placed.map((product) => (
          <li key={product.ref} className="@container border-line2 border-t px-3.5 py-2.5 first:border-t-0">
            <div className="grid items-center gap-x-4 gap-y-1 @2xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,4fr)_5rem]">
              <Named product={product} />
              <span className="min-w-0 break-words">
                {product.product ? (
                  <Link
                    href={paths.product({ organization: placing.organization, id: product.product.id })}
                    className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
                  >
                    {product.product.name}
                  </Link>
                ) : (
                  <span className="text-mute">Nothing sold here</span>
                )}{' '}
                {product.product?.archived && <Badge tone="off">Archived</Badge>}
              </span>
              <span className="text-mute">{product.product && quantityWords[product.quantityIs]}</span>
              {mayWrite && (
                <span className="flex @2xl:justify-end">
                  <Button
                    size="sm"
                    aria-label={`Change ${product.name ?? product.ref}`}
                    aria-expanded={changing === product.ref}
                    onClick={() => setChanging(changing === product.ref ? null : product.ref)}
                  >
                    {changing === product.ref ? 'Close' : 'Change'}
                  </Button>
                </span>
              )}
            </div>
            {changing === product.ref && <PlaceForm {...placing} product={product} onDone={() => setChanging(null)} />}
          </li>
        ))}
      </ul>
    </Card>
  )
}

const quantityWords = {
  keys: 'One key for each of a quantity',
  devices: 'One key, its devices times the quantity',
} as const

function Named({ product: { name, ref } }: { product: StoreProductItem }) {
  return (
    <span className="min-w-0 break-words">
      <span className="font-medium">{name ?? ref}</span>
      {name && <code className="block break-all font-mono text-mute text-xs">{ref}</code>}
    </span>
  )
}

const NEW = 'new'
const IGNORED = 'ignored'
const OWN = ''

/** Which product it is here: one there is, a new one of the same name, or none. */
function PlaceForm({
  organization,
  connectionId,
  store,
  products,
  configurations,
  product,
  onDone,
}: Placing & { product: StoreProductItem; onDone?: () => void }) {
  const name = product.name ?? product.ref
  const same = products.find((each) => each.name.toLowerCase() === name.toLowerCase())
  // An id is no name: which product it is then, only a person knows.
  const [as, setAs] = useState(
    () => product.product?.id ?? (product.isIgnored ? IGNORED : (same?.id ?? (product.name ? NEW : null))),
  )
  const [state, submit] = useActionState(async (previous: FormState, form: FormData) => {
    const next = await place(previous, form)
    if (next.status === 'ok') {
      toast.success(`${name} placed`)
      onDone?.()
    }
    return next
  }, idle)
  const { errors, form } = useMendedErrors(state)
  const isProduct = as !== null && as !== NEW && as !== IGNORED
  const items = [
    ...(same ? [] : [{ value: NEW, label: product.name ? `A new product “${name}”` : 'A new product…' }]),
    ...products.map((each) => ({ value: each.id, label: each.name })),
    { value: IGNORED, label: 'Nothing sold here', description: 'Sales of it are left alone.' },
  ]
  return (
    <form {...form} action={submit} noValidate className="mt-3 grid gap-3">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="connectionId" value={connectionId} />
      <input type="hidden" name="ref" value={product.ref} />
      <input type="hidden" name="as" value={isProduct ? 'product' : (as ?? '')} />
      {isProduct && <input type="hidden" name="productId" value={as} />}
      {as === NEW && product.name && <input type="hidden" name="name" value={name.slice(0, 80)} />}
      <div className="grid items-start gap-3 @xl:grid-cols-2 @3xl:grid-cols-3">
        <Field label="Here it is" error={errors.productId ?? errors.as ?? (product.name ? errors.name : undefined)}>
          <Select items={items} value={as} onValueChange={setAs} />
        </Field>
        {as === NEW && !product.name && (
          <Field label="Its name" error={errors.name} description="Buyers read it in the mail with their key.">
            <Input name="name" maxLength={80} />
          </Field>
        )}
        {as === NEW && (
          <Field label="It grants keys of" error={errors.keyConfigurationId}>
            <Select
              name="keyConfigurationId"
              // Of several, none is a guess that may go out by one click.
              defaultValue={configurations.length === 1 ? configurations[0]?.id : OWN}
              items={[
                ...configurations.map((each) => ({ value: each.id, label: each.name })),
                {
                  value: OWN,
                  label: 'A new configuration',
                  description: 'Three devices, never expires. You can change that later.',
                },
              ]}
            />
          </Field>
        )}
        {as !== null && as !== IGNORED && (
          <Field label="When somebody buys three">
            <Select
              name="quantityIs"
              defaultValue={product.quantityIs}
              items={[
                { value: 'keys', label: 'Three keys' },
                { value: 'devices', label: 'One key for three times the devices' },
              ]}
            />
          </Field>
        )}
      </div>
      <FormError>{state.status === 'error' && !state.errors ? state.message : null}</FormError>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <SubmitButton>{as === NEW ? 'Create and place' : 'Place'}</SubmitButton>
        <p className="text-mute text-sm">
          {product.waiting > 0 ? waitingWords(as, product.waiting) : `${store} calls it ${product.ref}.`}
        </p>
      </div>
    </form>
  )
}

const waitingWords = (as: string | null, count: number) =>
  as === IGNORED
    ? `${countText(count, 'sale')} that ${count === 1 ? 'waits' : 'wait'} for this will get no key.`
    : `${countText(count, 'sale')} that ${count === 1 ? 'waits for this is' : 'wait for this are'} handled at once.`

const idle: FormState = { status: 'idle' }
