import { Description } from '#components/ui/description-list.tsx'
import { type Term, termLabels } from '#lib/key-configurations/rules.ts'

/** The terms of a configuration as entries of a DescriptionList; what follows from another term is left out. */
export function Terms({ words }: { words: Record<Term, string> }) {
  const isIdle = (term: Term) =>
    ((term === 'grace' || term === 'reminders') && words.expiry === 'Never') ||
    ((term === 'activation' || term === 'rights') && words.devices === 'No activations')
  return (Object.keys(termLabels) as Term[])
    .filter((term) => !isIdle(term))
    .map((term) => (
      <Description key={term} name={termLabels[term]}>
        {words[term]}
      </Description>
    ))
}
