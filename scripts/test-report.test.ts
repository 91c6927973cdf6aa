import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '../server/environment.ts'
import { addReports, emptyReport, readPlaywright, readVitest, summaryOf } from './test-report.ts'

const home = mkdtempSync(path.join(tmpdir(), 'latchkey-report-'))
afterAll(() => rmSync(home, { recursive: true }))
function file(report: object): string {
  const at = path.join(home, 'report.json')
  writeFileSync(at, JSON.stringify(report))
  return at
}

const vitest = {
  numPassedTests: 2,
  numPendingTests: 1,
  testResults: [
    {
      name: path.join(root, 'lib/a.test.ts'),
      status: 'failed',
      message: '',
      assertionResults: [
        { status: 'passed', fullName: 'adds', failureMessages: [] },
        { status: 'failed', fullName: 'subtracts', failureMessages: ['\u001b[31mexpected 1\u001b[39m\n\n to be 2'] },
      ],
    },
    { name: path.join(root, 'lib/b.test.ts'), status: 'failed', message: 'no such module', assertionResults: [] },
    {
      name: path.join(root, 'lib/c.test.ts'),
      status: 'failed',
      message: 'beforeAll',
      assertionResults: [{ status: 'skipped', fullName: 'c', failureMessages: [] }],
    },
  ],
}

const spec = (title: string, status: string, message?: string) => ({
  title,
  file: 'api/d.test.ts',
  line: 7,
  tests: [{ status, results: [{ errors: message ? [{ message }] : [] }] }],
})
const playwright = {
  stats: { expected: 3, flaky: 0, skipped: 0 },
  suites: [
    {
      title: 'd.test.ts',
      specs: [spec('works', 'expected')],
      suites: [{ title: 'inner', specs: [spec('breaks', 'unexpected', 'Error: timed out')] }],
    },
  ],
  errors: [],
}

test('each failure is named with its reason, and the counts are the last line', () => {
  const total = addReports(readVitest(file(vitest), false), readPlaywright(file(playwright), 'api', false))
  expect(summaryOf(total)).toBe(`
FAILED lib/a.test.ts › subtracts
  expected 1
   to be 2

FAILED lib/b.test.ts
  no such module

FAILED lib/c.test.ts
  beforeAll

FAILED api › api/d.test.ts:7 › breaks
  Error: timed out

5 passed, 4 failed, 1 skipped`)
})

test('nothing failed', () => {
  const good = { ...vitest, numPendingTests: 0, testResults: [] }
  expect(summaryOf(addReports(emptyReport, readVitest(file(good), true)))).toBe('\n2 passed, 0 failed')
})

test('a runner that fails without naming a test has failed', () => {
  expect(readVitest('nowhere', false).failures).toHaveLength(1)
  expect(readVitest('nowhere', true).failures).toHaveLength(0)
  expect(readPlaywright(file({ ...playwright, suites: [] }), 'ui', false).failures).toHaveLength(1)
  const unloaded = { ...playwright, suites: [], errors: [{ message: 'SyntaxError' }] }
  expect(readPlaywright(file(unloaded), 'ui', false).failures).toEqual([{ name: 'ui', message: 'SyntaxError' }])
})
