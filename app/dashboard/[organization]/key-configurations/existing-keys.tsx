'use client'
import { useState } from 'react'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { countText } from '#components/ui/number-text.ts'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { toneText } from '#components/ui/tones.ts'
import type { Review } from '#lib/key-configurations/queries.ts'
import type { Effect } from '#lib/key-configurations/rules.ts'

/** What happens to the keys there are: they follow, unless they are spared what can be spared. */
export function ExistingKeys({ review: { effects, keepable, kept, existing } }: { review: Review }) {
  const [applies, setApplies] = useState('all')
  if (keepable.length === 0 || existing === 0) return <Effects effects={effects} />
  return (
    <>
      <RadioCards
        name="applies"
        label="Who gets the new limits"
        value={applies}
        onValueChange={setApplies}
        columns={2}
        options={[
          {
            value: 'all',
            label: 'All keys',
            description: 'Those there are and those to come.',
          },
          {
            value: 'new',
            label: 'New keys only',
            description: `Existing keys keep what they have, as limits of their own: ${kept}.`,
          },
        ]}
      />
      {applies === 'all' ? (
        <Effects effects={effects} />
      ) : (
        <p className="text-pretty text-mute">
          {countText(existing, 'existing key')} {existing === 1 ? 'keeps' : 'keep'} {kept}, unless{' '}
          {existing === 1 ? 'it has its' : 'they have their'} own already. Whatever else changes above holds for all
          keys. You can take it back for 30 days.
        </p>
      )}
    </>
  )
}

const tones = { stops: 'bad', starts: 'ok', note: null } as const satisfies Record<Effect['tone'], 'bad' | 'ok' | null>

function Effects({ effects }: { effects: readonly Effect[] }) {
  return (
    <Card>
      <CardHeader title="Existing keys" />
      <ul>
        {effects.map((effect) => {
          const tone = tones[effect.tone]
          return (
            <li key={effect.text} className="flex gap-3 border-line2 border-t px-3.5 py-2.5 first:border-t-0">
              <span
                aria-hidden="true"
                className={`mt-[7px] size-[7px] shrink-0 rounded-full bg-current ${tone ? toneText[tone] : 'text-faint'}`}
              />
              <span className="text-pretty">{effect.text}</span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
