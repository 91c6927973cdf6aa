import { abusive } from './abusive.ts'
import { honest, subjectOf } from './honest.ts'
import { FROM, Lives } from './lives.ts'
import { ABUSIVE_OF_A_KIND, DAYS, HONEST_OF_A_KIND } from './parameters.ts'
import { type Population, type Subject, truthOf, World } from './world.ts'

/** The population of a seed: every kind, honest and abusive, in one world. */
export function population(seed: number): Population {
  const world = new World(seed)
  const lives = new Lives(world)
  const subjects: Subject[] = []
  for (const [kind, make] of Object.entries(honest))
    for (let i = 0; i < HONEST_OF_A_KIND; i++) subjects.push(subjectOf(kind, true, make, lives))
  for (const [kind, make] of Object.entries(abusive))
    for (let i = 0; i < ABUSIVE_OF_A_KIND; i++) subjects.push(subjectOf(kind, false, make, lives))
  return { name: `world ${seed}, ${lives.app.name}`, from: FROM, days: DAYS, subjects, truth: truthOf }
}
