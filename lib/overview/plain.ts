/** How far back the charts of the overview reach, and in what steps (UTC). */
export const spans = {
  day: { label: '24 hours', step: 'hour', count: 24 },
  fortnight: { label: '14 days', step: 'day', count: 14 },
  year: { label: 'Year', step: 'week', count: 53 },
} as const
export type Span = keyof typeof spans
export const spanNames = Object.keys(spans) as Span[]

/** How many days ahead the forecast of ends reaches, today included. */
export const FORECAST_DAYS = 366

/** How many of the versions, systems and busiest keys are named. */
export const NAMED = 6
