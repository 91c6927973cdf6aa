import { describe, expect, test } from 'vitest'
import { isUnavailable } from './errors.ts'

const error = (message: string, more: object = {}) => Object.assign(new Error(message), more)
const fromDriver = (code: string, cause: object) =>
  error('Raw query failed', { code, meta: { driverAdapterError: { cause } } })

describe('a database that is away', () => {
  test.each([
    ['refused', error('connect ECONNREFUSED', { code: 'ECONNREFUSED' })],
    ['gone with its socket', error('connect ENOENT /srv/.s.PGSQL.5432', { code: 'ENOENT', syscall: 'connect' })],
    ['lost', error('Connection terminated unexpectedly')],
    ['slow', error('Query read timeout')],
    ['shutting down', error('terminating', { code: '57P01' })],
    ['no connection left', error('too many clients', { code: '53300' })],
    ['unreachable for Prisma', error("Can't reach", { code: 'P1001' })],
    ['unreachable in a raw query', fromDriver('P2010', { kind: 'DatabaseNotReachable' })],
    ['closed in a raw query', fromDriver('P2010', { kind: 'ConnectionClosed' })],
    ['starting up', fromDriver('P2039', { kind: 'postgres', originalCode: '57P03' })],
  ])('%s', (_name, thrown) => {
    expect(isUnavailable(thrown)).toBe(true)
  })

  test.each([
    ['a broken rule', fromDriver('P2002', { kind: 'UniqueConstraintViolation', originalCode: '23505' })],
    ['a wrong statement', fromDriver('P2010', { kind: 'postgres', originalCode: '42601' })],
    ['a file that is missing', error('no such file, open', { code: 'ENOENT', syscall: 'open' })],
    ['a fault of ours', new TypeError('undefined is not a function')],
    ['no error at all', 'connection'],
  ])('is not %s', (_name, thrown) => {
    expect(isUnavailable(thrown)).toBe(false)
  })
})
