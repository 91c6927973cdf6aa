import type { Population, Subject } from '../world.ts'
import { abuse } from './abuse.ts'
import { groups } from './groups.ts'
import { type Kind, Life } from './life.ts'
import { Networks } from './networks.ts'
import { ABUSIVE_OF_A_VARIANT, DAYS, FROM, HONEST_OF_A_KIND } from './parameters.ts'
import { people } from './people.ts'

/** A population that the rules and their thresholds were not set by. */
export function population(seed: number): Population {
  const net = new Networks(seed)
  const subjects: Subject[] = []
  const add = (kinds: Record<string, Kind>, isHonest: boolean, count: number) => {
    for (const [kind, make] of Object.entries(kinds))
      for (let i = 0; i < count; i++) {
        const life = new Life(net, `${kind} ${i}`)
        subjects.push({ kind, isHonest, keys: make(life).map((account) => account.key()) })
      }
  }
  add(people, true, HONEST_OF_A_KIND)
  add(groups, true, HONEST_OF_A_KIND)
  add(abuse, false, ABUSIVE_OF_A_VARIANT)
  return { name: `held-out seed ${seed}`, from: FROM, days: DAYS, subjects, truth: net.truth }
}
