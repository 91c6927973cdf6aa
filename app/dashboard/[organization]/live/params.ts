import { createLoader, createParser, type inferParserType, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { filterParam, idFilterParam } from '#components/ui/data-table/list-params.ts'
import { peekParam } from '#components/ui/peek/peek-param.ts'
import { type CallFilter, type CallOutcome, type CallPlace, callOutcomes } from '#lib/call-log/plain.ts'
import { type ChartSpan, chartSpans, loggedCodes } from '#lib/call-log/rules.ts'

const PLACE = /^(\d{1,13})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

const place = createParser<CallPlace>({
  parse: (text) => {
    const [, moment, id] = PLACE.exec(text) ?? []
    return moment && id && Number(moment) < 8e12 ? { writtenAt: Number(moment), id } : null
  },
  serialize: placeText,
})

/** A place in the list as the address has it. */
export function placeText({ writtenAt, id }: CallPlace): string {
  return `${writtenAt}_${id}`
}

/** The address of the live page. */
const liveParams = {
  outcome: filterParam(Object.keys(callOutcomes) as CallOutcome[]),
  code: filterParam(loggedCodes),
  configuration: idFilterParam,
  key: parseAsString.withDefault(''),
  span: parseAsStringLiteral(Object.keys(chartSpans) as ChartSpan[]).withDefault('minute'),
  before: place,
  open: peekParam,
}

export const loadLiveParams = createLoader(liveParams)
export type LiveParams = inferParserType<typeof liveParams>

/** Which calls the address asks for. */
export const callFilter = ({ outcome, code, configuration, key }: LiveParams): CallFilter => ({
  outcomes: outcome,
  codes: code,
  configurationIds: configuration,
  licenseKeyId: key || undefined,
})
