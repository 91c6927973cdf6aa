import { BarChart } from '#components/ui/bar-chart.tsx'
import { BarList, type BarListItem } from '#components/ui/bar-list.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { statusLook } from '#lib/license-keys/look.ts'
import { shownStatuses } from '#lib/license-keys/plain.ts'
import type { Span } from '#lib/overview/plain.ts'
import type { Overview } from '#lib/overview/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { inSpan, stepText } from './step-text.ts'

const share = (count: number, all: number) => {
  const percent = all === 0 ? 0 : (count / all) * 100
  return `${percent > 0 && percent < 1 ? '<1' : Math.round(percent)} %`
}

type Props = { overview: Overview; organization: string }

/** How many keys there are in each state, each leading to them. */
export function KeysByState({ overview: { keys }, organization }: Props) {
  const all = Object.values(keys).reduce((sum, count) => sum + count, 0)
  return (
    <Card>
      <CardHeader title="Keys by state">{numberText(all)}</CardHeader>
      <div className="py-1.5">
        <BarList
          title="Keys by state"
          head={['State', 'Keys']}
          items={shownStatuses.map((status) => ({
            key: status,
            name: statusLook[status].label,
            count: keys[status],
            of: share(keys[status], all),
            tone: statusLook[status].tone,
            href: paths.licenseKeys({ organization }, { status }),
          }))}
        />
      </div>
    </Card>
  )
}

/** Devices that were activated. */
export function NewDevices({ overview: { newDevices, devices }, span }: Props & { span: Span }) {
  const total = newDevices.reduce((sum, { count }) => sum + count, 0)
  return (
    <Card>
      <CardHeader title="New devices">
        {numberText(total)} {inSpan[span]}
      </CardHeader>
      <CardBody>
        {total === 0 ? (
          <p className="text-mute">
            No device was activated {inSpan[span]}. {numberText(devices)} {devices === 1 ? 'is' : 'are'} active.
          </p>
        ) : (
          <BarChart
            title={`Devices that were activated ${inSpan[span]}`}
            height={176}
            data={newDevices.map(({ at, count }) => ({ label: stepText(at, span), values: { new: count } }))}
            series={[{ key: 'new', label: 'New devices', tone: 'accent' }]}
          />
        )}
      </CardBody>
    </Card>
  )
}

/** The keys that are validated most. */
export function BusiestKeys({ overview: { busiest }, organization }: Props) {
  return (
    <Card>
      <CardHeader title="Busiest keys">validations, 7 days</CardHeader>
      {busiest.length === 0 ? (
        <CardBody>
          <p className="text-mute">No key was validated in the last seven days.</p>
        </CardBody>
      ) : (
        <div className="py-1.5">
          <BarList
            title="The keys that were validated most in the last seven days"
            head={['Key', 'Validations']}
            items={busiest.map(({ id, masked, customer, count }) => ({
              key: id,
              name: (
                <>
                  {customer.name ?? customer.email} <span className="ml-1 font-mono text-mute text-sm">{masked}</span>
                </>
              ),
              count,
              tone: 'accent',
              href: paths.licenseKey({ organization, id }),
            }))}
          />
        </div>
      )}
    </Card>
  )
}

/** What active devices told of themselves: the version of the software, or the system. */
export function Running({
  title,
  none,
  head,
  what: { named, others, untold },
}: {
  title: string
  none: string
  head: string
  what: Overview['versions']
}) {
  const all = named.reduce((sum, { count }) => sum + count, others + untold)
  const items: BarListItem[] = [
    ...named.map(({ name, count }) => ({
      ...{ key: name, name, count },
      ...{ of: share(count, all), tone: 'accent' as const },
    })),
    ...(others > 0 ? [{ key: ' others', name: 'Others', count: others, of: share(others, all) }] : []),
    ...(untold > 0
      ? [{ key: ' untold', name: <span className="text-mute">Not told</span>, count: untold, of: share(untold, all) }]
      : []),
  ]
  return (
    <Card>
      <CardHeader title={title}>active devices</CardHeader>
      {named.length === 0 ? (
        <CardBody>
          <p className="text-pretty text-mute">{none}</p>
        </CardBody>
      ) : (
        <div className="py-1.5">
          <BarList title={`${title} of active devices`} head={[head, 'Devices']} items={items} />
        </div>
      )}
    </Card>
  )
}
