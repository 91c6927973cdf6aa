// What a key allows, in sentences of English: apart from the rest, since a form of merchants shows them in the browser.

const n = (count: number) => count.toLocaleString('en-US')
const s = (count: number, one: string) => `${n(count)} ${count === 1 ? one : `${one}s`}`

export const facts = {
  validUntil: (end: string) => `Valid until ${end}.`,
  validFor: {
    day: (count: number) => `Valid for ${s(count, 'day')} from the first activation.`,
    month: (count: number) => `Valid for ${s(count, 'month')} from the first activation.`,
    year: (count: number) => `Valid for ${s(count, 'year')} from the first activation.`,
  },
  subscription: (paid: string | null) =>
    `Works as long as your subscription runs${paid === null ? '' : `, paid until ${paid}`}.`,
  never: 'Never expires.',
  devices: (count: number) => `Works on ${s(count, 'device')} at a time.`,
  anyDevices: 'Works on any number of devices.',
  uses: {
    never: (count: number) => `Includes ${s(count, 'use')}.`,
    day: (count: number) => `Includes ${s(count, 'use')} each day.`,
    month: (count: number) => `Includes ${s(count, 'use')} each month.`,
    year: (count: number) => `Includes ${s(count, 'use')} each year.`,
  },
}
export type Facts = typeof facts
