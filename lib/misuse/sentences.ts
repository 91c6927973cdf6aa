import type { SignalName } from './plain.ts'
import type { Evidence } from './signals.ts'

// Evidence in words, for people who have to decide about somebody.

type Values = Record<string, number>
type Said = { title: string; says: (values: Values) => string }

const count = (number: number | undefined, one: string, many = `${one}s`) =>
  `${number ?? 0} ${number === 1 ? one : many}`

const said: Record<SignalName, Said> = {
  places: {
    title: 'More places than it was sold for',
    says: ({ places, atOnce, expected, devices, overlapPercent }) =>
      `${count(devices, 'device')} in ${count(places, 'place')} that use it again and again, ${atOnce} of them in the same week. ` +
      `Up to ${expected} are to be expected. ${overlapPercent} percent of them were in use at the same time.`,
  },
  newcomers: {
    title: 'Spreads to new places',
    says: ({ places, devices, days, expected, atOnce }) =>
      `${count(devices, 'new device')} in ${count(places, 'new place')} came within ${days} days and came back` +
      `${atOnce === undefined ? '' : `, ${atOnce} of them side by side`}. ` +
      `Up to ${expected} are to be expected.`,
  },
  crowd: {
    title: 'Strangers are refused',
    says: ({ places, devices, days, inUse }) =>
      `${count(devices, 'device')} in ${count(places, 'place')} that never used it were refused in ${days} days, because no slot was free` +
      `${inUse === undefined ? '' : `, and came back on another day; ${count(inUse, 'place')} have a slot`}.`,
  },
  turns: {
    title: 'Places take turns',
    says: ({ places, handovers, days, busyDays }) =>
      `${count(places, 'place')} gave each other its slots, ${count(handovers, 'time')} in ${days} days` +
      `${busyDays ? `, on ${count(busyDays, 'day')} four times or more` : ''}.`,
  },
  copies: {
    title: 'One device in many places at once',
    says: ({ atOnce, networks, times }) =>
      `What says it is one device was in ${count(atOnce, 'network')} in the same hour and in ${networks} on the same day, on several days, ` +
      `and called as often as ${count(times, 'device')}.`,
  },
  together: {
    title: 'More devices than one person uses',
    says: ({ devices, atOnce }) =>
      `${count(devices, 'device')} that stay were in use in the same week, ${atOnce} of them in the same hour.`,
  },
  trials: {
    title: 'Trials one after another',
    says: ({ trials, byDevice }) =>
      `${count(trials, 'trial')} followed each other ${byDevice ? 'on the same device' : 'in the same network'}, each under another address.`,
  },
  countries: {
    title: 'Several countries',
    says: ({ countries, places }) => `${count(places, 'place')} in ${count(countries, 'country', 'countries')}.`,
  },
  shared_device: {
    title: 'Its device has keys of others',
    says: ({ customers }) => `One of its devices uses keys of ${count(customers, 'customer')}.`,
  },
}

/** What kind of evidence it is. */
export const titleOf = (signal: SignalName): string => said[signal].title

/** The evidence as a sentence with its numbers. */
export const sentenceOf = ({ signal, values }: Pick<Evidence, 'signal' | 'values'>): string => said[signal].says(values)
