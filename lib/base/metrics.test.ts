import { expect, test } from 'vitest'
import { count, gauge, measure, type Snapshot, snapshot } from './metrics.ts'
import { metricsText } from './metrics-text.ts'

const NASTY = 'a "quoted" \\ back\nslash'

test('what is counted and measured is told as Prometheus reads it', () => {
  count('license_calls', 'POST /validate', 'VALID')
  count('license_calls', 'POST /validate', 'VALID')
  count('license_calls', 'POST /validate', NASTY)
  count('mails', 'sent')
  for (const seconds of [0.0004, 0.001, 0.0011, 7]) measure('license_call_seconds', 'validate', seconds)
  gauge('latchkey_test', 'Something.', () => 3)
  const text = metricsText(
    [snapshot('web')],
    [{ name: 'latchkey_work_waiting', help: 'Waits.', lines: [{ labels: { kind: 'mails' }, value: 2 }] }],
  )
  const lines = text.split('\n')
  expect(lines).toContain('# TYPE latchkey_license_calls_total counter')
  expect(lines).toContain('latchkey_license_calls_total{route="POST /validate",verdict="VALID"} 2')
  expect(lines).toContain(
    'latchkey_license_calls_total{route="POST /validate",verdict="a \\"quoted\\" \\\\ back\\nslash"} 1',
  )
  // A bound is of the bucket that it names.
  expect(lines).toContain('latchkey_license_call_duration_seconds_bucket{verb="validate",le="0.001"} 2')
  expect(lines).toContain('latchkey_license_call_duration_seconds_bucket{verb="validate",le="5"} 3')
  expect(lines).toContain('latchkey_license_call_duration_seconds_bucket{verb="validate",le="+Inf"} 4')
  expect(lines).toContain('latchkey_license_call_duration_seconds_count{verb="validate"} 4')
  expect(lines).toContain('latchkey_work_waiting{kind="mails"} 2')
  expect(lines).toContain(`latchkey_test{process="web",pid="${process.pid}"} 3`)
  expect(text.endsWith('\n')).toBe(true)
})

test('several processes are added up, and each says how it is', () => {
  const of = (pid: number, n: number): Snapshot => ({
    ...{ process: 'web', pid },
    counts: [{ counter: 'mails', labels: ['sent'], n }],
    measured: [{ histogram: 'batch_calls', label: 'validate', sum: n, counts: [n, 0, 0, 0, 0, 0, 0, 0, 0, 1] }],
    gauges: [{ name: 'latchkey_process_resident_memory_bytes', help: 'Memory.', value: pid }],
  })
  const lines = metricsText([of(11, 2), of(12, 5)], []).split('\n')
  expect(lines).toContain('latchkey_mails_total{outcome="sent"} 7')
  expect(lines).toContain('latchkey_batch_calls_bucket{kind="validate",le="1"} 7')
  expect(lines).toContain('latchkey_batch_calls_count{kind="validate"} 9')
  expect(lines).toContain('latchkey_process_resident_memory_bytes{process="web",pid="12"} 12')
  expect(lines.filter((line) => line === '# TYPE latchkey_process_resident_memory_bytes gauge')).toHaveLength(1)
})
