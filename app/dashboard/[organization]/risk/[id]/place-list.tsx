import { Badge } from '#components/ui/badge.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { countText } from '#components/ui/number-text.ts'
import { countryName } from '#lib/base/country-names.ts'
import type { PlaceKind } from '#lib/misuse/places.ts'
import type { RiskDetail } from '#lib/misuse/queries.ts'

const kinds: Record<PlaceKind, string | null> = {
  own: null,
  popular: 'a network of many',
  mobile: 'phone network',
  vpn: 'VPN',
  hosting: 'hosting',
}

const SHOWN = 30
const NAMES = 3

/** Where the devices of a key settle, a line each, with the days on which they were used. */
export function PlaceList({ risk: { places, passing, uncounted } }: { risk: RiskDetail }) {
  const left = places.length - SHOWN
  return (
    <Card>
      <CardHeader title="Places, 28 days">
        {countText(places.length, 'place')} where devices that got in came back
      </CardHeader>
      {places.length === 0 && (
        <CardBody>
          <p className="text-mute">No device has come back on another day yet.</p>
        </CardBody>
      )}
      <ul>
        {places.slice(0, SHOWN).map((place, i) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: places have no name but their number
            key={i}
            className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-line2 px-3.5 py-2.5 not-first:border-t"
          >
            <div className="min-w-[min(100%,200px)] flex-1">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
                <span className="font-medium">Place {i + 1}</span>
                {place.country && <span>{countryName(place.country, 'en')}</span>}
                {kinds[place.kind] && <Badge tone="off">{kinds[place.kind]}</Badge>}
                {!place.isSettled && <Badge tone="off">seldom</Badge>}
              </p>
              <p className="text-pretty text-mute">
                {place.devices.slice(0, NAMES).join(', ')}
                {place.devices.length > NAMES && ` and ${place.devices.length - NAMES} more`}
                {place.prefix && (
                  <>
                    {' · '}
                    <span className="font-mono text-sm">{place.prefix}</span>
                  </>
                )}
                {place.networks > 1 && ` · ${place.networks} networks`}
                {place.owner && ` · ${place.owner}`}
              </p>
            </div>
            <Days days={place.days} />
          </li>
        ))}
      </ul>
      {(left > 0 || passing > 0 || uncounted > 0) && (
        <p className="border-line2 border-t px-3.5 py-2 text-pretty text-mute">
          {left > 0 && `And ${countText(left, 'more place', 'more places')}. `}
          {passing > 0 &&
            `${countText(passing, 'device')} came on one day only and ${passing === 1 ? 'is' : 'are'} left out. `}
          {uncounted > 0 && `${countText(uncounted, 'call')} beyond 64 rows a day were only counted.`}
        </p>
      )}
    </Card>
  )
}

// The oldest first, as charts have it.
function Days({ days }: { days: boolean[] }) {
  const used = days.filter(Boolean).length
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden="true" className="flex gap-px">
        {days.map((isUsed, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place in the row
            key={i}
            className={`h-3.5 w-[5px] rounded-[1px] ${isUsed ? 'bg-bar' : 'bg-barbg'}`}
          />
        ))}
      </span>
      <span className="w-14 whitespace-nowrap text-end text-mute tabular-nums">{countText(used, 'day')}</span>
    </span>
  )
}
