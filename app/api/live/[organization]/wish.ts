import { isId } from '#lib/base/ids.ts'
import { callOutcomes } from '#lib/call-log/plain.ts'
import { chartSpans } from '#lib/call-log/rules.ts'
import { isLicenseCode } from '#lib/error-codes/schema.ts'
import { subjects } from '#lib/live/plain.ts'
import type { Wish } from '#lib/live/stream.ts'

/** What an address asks to be told: `about` some subjects, or the `log` of calls. What cannot be read is not asked for. */
export function wishOf(query: URLSearchParams, headers: Headers): Wish {
  const list = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean).slice(0, 50)
  const isOneOf = <Name extends string>(names: Record<Name, unknown>, name: string): name is Name =>
    Object.hasOwn(names, name)
  const key = query.get('key') ?? ''
  const licenseKeyId = isId(key) ? key.toLowerCase() : undefined
  const span = query.get('log') ?? ''
  // The last message that came is told by the browser when it comes back, and by the page when it opens the stream anew.
  const seen = momentOf(headers.get('last-event-id')) ?? momentOf(query.get('seen'))
  const drawn = momentOf(query.get('after'))
  return {
    subjects: subjects.filter((each) => list('about').includes(each)),
    licenseKeyId,
    log: isOneOf(chartSpans, span)
      ? {
          span,
          filter: {
            outcomes: list('outcome').filter((each) => isOneOf(callOutcomes, each)),
            codes: list('code').filter(isLicenseCode),
            licenseKeyId,
            configurationIds: list('configuration').filter(isId),
          },
        }
      : null,
    after: seen !== null ? { moment: seen, isCut: true } : drawn !== null ? { moment: drawn, isCut: false } : null,
  }
}

function momentOf(text: string | null): number | null {
  const moment = Number(text)
  // A date that JavaScript and PostgreSQL both know.
  return text && Number.isSafeInteger(moment) && moment > 0 && moment < 8e12 ? moment : null
}
