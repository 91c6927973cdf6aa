// What the runners wrote of a run: how many tests passed, and which did not and why.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from '../server/environment.ts'

/** A test that failed, or a file that could not be run: where it is, its name, and the beginning of what was wrong. */
export type Failure = { name: string; message: string }
export type TestReport = { passed: number; skipped: number; failures: Failure[] }

/** Of `npm test` the end is what people look at, and often all that is kept. */
const LINES = 12

export const emptyReport: TestReport = { passed: 0, skipped: 0, failures: [] }

export const addReports = (a: TestReport, b: TestReport): TestReport => ({
  passed: a.passed + b.passed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
})

/** The failures, each with its reason, and the counts as the last line. */
export function summaryOf({ passed, skipped, failures }: TestReport): string {
  const counts = `${passed} passed, ${failures.length} failed${skipped ? `, ${skipped} skipped` : ''}`
  return ['', ...failures.map(({ name, message }) => `FAILED ${name}\n${indented(message)}\n`), counts].join('\n')
}

const indented = (message: string): string =>
  stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim())
    .slice(0, LINES)
    .map((line) => `  ${line.slice(0, 300)}`)
    .join('\n')

type VitestReport = {
  numPassedTests: number
  numPendingTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

/** What vitest's JSON reporter wrote; `isGood` is how it ended. */
export function readVitest(file: string, isGood: boolean): TestReport {
  const report = read<VitestReport>(file)
  if (!report) return withReason(emptyReport, 'vitest', isGood)
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const at = path.relative(root, name)
    const failed = assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => ({ name: `${at} › ${test.fullName}`, message: test.failureMessages.join('\n') }))
    // A file that could not be loaded or set up has no test that failed.
    return failed.length || status !== 'failed' ? failed : [{ name: at, message }]
  })
  return withReason({ passed: report.numPassedTests, skipped: report.numPendingTests, failures }, 'vitest', isGood)
}

type Suite = { title: string; suites?: Suite[]; specs: Spec[] }
type Spec = { title: string; file: string; line: number; tests: { status: string; results: Result[] }[] }
type Result = { errors: { message?: string }[] }
type PlaywrightReport = {
  stats: { expected: number; flaky: number; skipped: number }
  suites: Suite[]
  errors: { message?: string }[]
}

/** What Playwright's JSON reporter wrote of a project; `isGood` is how it ended. */
export function readPlaywright(file: string, project: string, isGood: boolean): TestReport {
  const report = read<PlaywrightReport>(file)
  if (!report) return withReason(emptyReport, project, isGood)
  const messageOf = (errors: { message?: string }[]) => errors.map(({ message }) => message ?? '').join('\n')
  const specsOf = ({ specs, suites = [] }: Suite): Spec[] => [...specs, ...suites.flatMap(specsOf)]
  const failures = report.suites.flatMap(specsOf).flatMap(({ title, file: at, line, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ results }) => ({
        name: `${project} › ${at}:${line} › ${title}`,
        message: messageOf(results.flatMap(({ errors }) => errors)),
      })),
  )
  const { expected, flaky, skipped } = report.stats
  const broken = report.errors.length ? [{ name: project, message: messageOf(report.errors) }] : []
  return withReason({ passed: expected + flaky, skipped, failures: [...failures, ...broken] }, project, isGood)
}

/** A runner that fails without naming a test has failed all the same. */
function withReason(report: TestReport, runner: string, isGood: boolean): TestReport {
  if (isGood || report.failures.length) return report
  return { ...report, failures: [{ name: runner, message: 'It ended with an error and named no test.' }] }
}

function read<Report>(file: string): Report | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
}
