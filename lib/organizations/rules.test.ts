import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { ApiClient, Member } from '../base/actor.ts'
import {
  type ApiScope,
  apiScopes,
  assertMay,
  merchantMay,
  type Permission,
  scopeGroups,
  scopeOf,
  scopesMay,
} from '../base/permissions.ts'
import { rolesToGive, whyApiKeyIsVoid, whyNotChangeMember } from './rules.ts'

const client = (...scopes: ApiScope[]): ApiClient => ({
  kind: 'api_key',
  apiKeyId: '',
  name: 'CI',
  organizationId: '',
  scopes,
})

test.each<[Permission, ApiScope[], boolean]>([
  ['keys.read', ['license_keys:read'], true],
  ['keys.read', ['license_keys:write'], true],
  ['keys.reveal', ['license_keys:read'], false],
  ['keys.reveal', ['license_keys:write'], false],
  ['keys.reveal', ['license_keys:reveal'], true],
  ['keys.read', ['license_keys:reveal'], true],
  ['keys.write', ['license_keys:reveal'], false],
  ['keys.write', ['license_keys:read'], false],
  ['keys.write', ['license_keys:write'], true],
  ['keys.read', ['catalogue:write', 'customers:write', 'purchases:write', 'events:read'], false],
  ['catalogue.write', ['catalogue:write'], true],
  ['catalogue.write', ['catalogue:read'], false],
  ['customers.read', ['customers:write'], true],
  ['purchases.write', ['purchases:write'], true],
  ['history.read', ['events:read'], true],
  ['history.read', [], false],
  ['organization.write', ['organization:write'], true],
  ['organization.write', apiScopes.filter((scope) => scope !== 'organization:write'), false],
  // No program makes API keys or members, whatever its scopes.
  ['api_keys.write', [...apiScopes], false],
  ['members.write', [...apiScopes], false],
])('%s with %j: %s', (permission, scopes, may) => {
  expect(scopesMay(scopes, permission)).toBe(may)
  expect(merchantMay(client(...scopes), permission)).toBe(may)
})

test('a refusal names the scope, or that it takes a person', () => {
  const refusal = (permission: Permission) => {
    try {
      assertMay(client(), permission)
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(refusal('keys.write')).toContain('license_keys:write')
  expect(refusal('api_keys.write')).toContain('of a person')
})

test.each<[Member['role'], boolean]>([
  ['owner', true],
  ['admin', true],
  ['support', false],
  ['viewer', false],
])('%s makes API keys: %s', (role, may) => {
  const member: Member = { kind: 'merchant', userId: '', email: '', name: null, organizationId: '', role }
  expect(merchantMay(member, 'api_keys.write')).toBe(may)
})

test('what people choose from is every scope there is', () => {
  expect(scopeGroups.flatMap(({ read, write }) => [read ?? [], write ?? []].flat()).sort()).toEqual(
    [...apiScopes].sort(),
  )
  expect(scopeOf('api_keys.write')).toBeNull()
})

test.each([
  [{ revokedAt: null, expiresAt: null }, null],
  [{ revokedAt: null, expiresAt: new Date('2026-11-21T12:00:00.001Z') }, null],
  [{ revokedAt: null, expiresAt: new Date('2026-11-21T12:00:00.000Z') }, 'expired'],
  [{ revokedAt: new Date(0), expiresAt: new Date(0) }, 'revoked'],
])('%j is void because: %s', (key, why) => {
  expect(whyApiKeyIsVoid(key, new Date('2026-11-21T12:00:00.000Z'))).toBe(why)
})

test.each<[Role, Role, Role | null, number, RegExp | null]>([
  // by, whom, to, owners
  ['owner', 'viewer', 'owner', 1, null],
  ['owner', 'admin', null, 1, null],
  ['owner', 'owner', 'viewer', 2, null],
  ['owner', 'owner', null, 2, null],
  ['owner', 'owner', 'admin', 1, /only owner/],
  ['owner', 'owner', null, 1, /only owner/],
  ['admin', 'viewer', 'admin', 1, null],
  ['admin', 'admin', null, 1, null],
  ['admin', 'viewer', 'owner', 1, /Only an owner can make/],
  ['admin', 'owner', 'admin', 2, /Only an owner can change/],
  ['admin', 'owner', null, 2, /Only an owner can change/],
  ['support', 'viewer', 'support', 1, /does not allow/],
  ['viewer', 'viewer', null, 1, /does not allow/],
])('%s may make of another %s: %s, with %d owners: %s', (byRole, role, to, owners, why) => {
  const change = { by: { userId: 'a', role: byRole }, member: { userId: 'b', role }, role: to, owners }
  const answer = whyNotChangeMember(change)
  if (why) expect(answer).toMatch(why)
  else expect(answer).toBeNull()
})

test.each<[Role, Role | null, number, boolean]>([
  ['viewer', null, 1, true],
  ['support', null, 1, true],
  ['owner', null, 2, true],
  ['owner', null, 1, false],
  ['owner', 'viewer', 1, false],
  ['viewer', 'support', 1, false],
  ['admin', 'owner', 1, false],
])('a %s may make of themselves: %s, with %d owners: %s', (role, to, owners, may) => {
  const self = { userId: 'a', role }
  expect(whyNotChangeMember({ by: self, member: self, role: to, owners }) === null).toBe(may)
})

test('nobody gives a role above their own', () => {
  expect(['owner', 'admin', 'support', 'viewer'].map((role) => rolesToGive(role as Role).length)).toEqual([4, 3, 0, 0])
  expect(rolesToGive('admin')).not.toContain('owner')
})
