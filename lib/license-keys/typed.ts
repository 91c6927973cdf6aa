import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { parseQuery } from './language.ts'
import { licenseKeyFilterChoices } from './list.ts'
import type { Names, Terms } from './terms.ts'

/** The rows of the organization that a typed filter may name. */
export async function namesOf(merchant: Merchant): Promise<Names> {
  const { configurations, products } = await licenseKeyFilterChoices(merchant)
  return { configuration: configurations, product: products }
}

/** What a program asks for by the filter that people type. What is wrong in it is refused, with where it stands. */
export async function termsTyped(merchant: Merchant, text: string): Promise<Terms> {
  const { terms, words, problems } = parseQuery(text, await namesOf(merchant))
  const [first] = problems
  if (first) throw new Refusal('INVALID_INPUT', `At character ${first.from + 1}: ${first.message}`, 'filter')
  if (words)
    throw new Refusal('INVALID_INPUT', `“${words}” is no filter. Each is a name and a value: status:expired.`, 'filter')
  return terms
}
