import { globSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import * as paths from './paths.ts'

// Every address as it is built today: a change here is a change of what people have bookmarked and what mails link to.

const app = path.resolve(import.meta.dirname, '../../app')

/** What stands in brackets below app/, by its own name. */
const place = {
  organization: '[organization]',
  id: '[id]',
  chapter: '[chapter]',
  delivery: '[delivery]',
  mail: '[mail]',
  message: '[message]',
  key: '[key]',
  code: '[code]',
  provider: '[provider]',
}

const { of, ...pages } = paths
/** Each without what only narrows a page down. */
const built = Object.entries(pages).map(([name, build]) => {
  const address = (build as (at: typeof place) => string)(place)
  return [name, address.replace(/[?#].*/, '')] as const
})

test('every path', () => {
  expect(Object.fromEntries(built)).toMatchInlineSnapshot(`
    {
      "account": "/account",
      "accountLinked": "/account",
      "activate": "/activate",
      "activations": "/dashboard/[organization]/activations",
      "anotherWay": "/login/way",
      "apiKeys": "/dashboard/[organization]/settings/api-keys",
      "approveDevice": "/purchases/activate",
      "archiveFile": "/dashboard/[organization]/settings/export/[id]",
      "archives": "/dashboard/[organization]/settings/export",
      "backgroundWork": "/dashboard/[organization]/settings/background-work",
      "bulkChange": "/dashboard/[organization]/bulk-changes/[id]",
      "bulkChanges": "/dashboard/[organization]/bulk-changes",
      "chapter": "/docs/[chapter]",
      "confirmAddress": "/login/confirm",
      "confirmMove": "/purchases/address/confirm",
      "customer": "/dashboard/[organization]/customers/[id]",
      "customerHistory": "/dashboard/[organization]/customers/[id]/history",
      "customerSettings": "/dashboard/[organization]/settings/customers",
      "customers": "/dashboard/[organization]/customers",
      "dashboard": "/dashboard",
      "deliveries": "/dashboard/[organization]/settings/stores/[id]/deliveries",
      "delivery": "/dashboard/[organization]/settings/stores/[id]/deliveries/[delivery]",
      "editCustomer": "/dashboard/[organization]/customers/[id]/edit",
      "editKeyConfiguration": "/dashboard/[organization]/key-configurations/[id]/edit",
      "editLicenseKey": "/dashboard/[organization]/license-keys/[id]/edit",
      "editProduct": "/dashboard/[organization]/products/[id]/edit",
      "errorCode": "/docs/errors/[code]",
      "errorCodes": "/docs/errors",
      "forgottenPassword": "/login/forgot",
      "history": "/dashboard/[organization]/history",
      "importProblems": "/dashboard/[organization]/imports/[id]/problems",
      "imports": "/dashboard/[organization]/imports",
      "integrate": "/dashboard/[organization]/key-configurations/[id]/integrate",
      "invitation": "/login/invitation",
      "keyConfiguration": "/dashboard/[organization]/key-configurations/[id]",
      "keyConfigurations": "/dashboard/[organization]/key-configurations",
      "licenseKey": "/dashboard/[organization]/license-keys/[id]",
      "licenseKeys": "/dashboard/[organization]/license-keys",
      "licenseKeysFile": "/dashboard/[organization]/license-keys/export",
      "linkSent": "/login/sent",
      "live": "/dashboard/[organization]/live",
      "liveStream": "/api/live/[organization]",
      "login": "/login",
      "mail": "/dashboard/[organization]/settings/mail",
      "mailLooks": "/dashboard/[organization]/settings/mail/looks",
      "mailText": "/dashboard/[organization]/settings/mail/texts/[mail]",
      "members": "/dashboard/[organization]/settings/members",
      "mergeCustomer": "/dashboard/[organization]/customers/[id]/merge",
      "moveAddress": "/purchases/address",
      "newAddress": "/account/address",
      "newApiKey": "/dashboard/[organization]/settings/api-keys/new",
      "newImport": "/dashboard/[organization]/imports/new",
      "newKeyConfiguration": "/dashboard/[organization]/key-configurations/new",
      "newLicenseKey": "/dashboard/[organization]/license-keys/new",
      "newOrganization": "/account/organization",
      "newPassword": "/login/password",
      "newProduct": "/dashboard/[organization]/products/new",
      "newStore": "/dashboard/[organization]/settings/stores/new",
      "newWebhook": "/dashboard/[organization]/settings/webhooks/new",
      "oneImport": "/dashboard/[organization]/imports/[id]",
      "openKey": "/purchases/open",
      "organizationSettings": "/dashboard/[organization]/settings/organization",
      "outbox": "/outbox",
      "outboxMail": "/outbox/[id]",
      "overview": "/dashboard/[organization]",
      "ownShop": "/docs/own-shop",
      "previewedKey": "/purchases/preview/[organization]/[id]/[key]",
      "previewedPurchases": "/purchases/preview/[organization]/[id]",
      "product": "/dashboard/[organization]/products/[id]",
      "products": "/dashboard/[organization]/products",
      "purchasedKey": "/purchases/[id]",
      "purchases": "/purchases",
      "reference": "/docs",
      "reminders": "/reminders",
      "replaceDevice": "/purchases/replace",
      "risk": "/dashboard/[organization]/risk/[id]",
      "riskSettings": "/dashboard/[organization]/risk/settings",
      "risks": "/dashboard/[organization]/risk",
      "sale": "/dashboard/[organization]/purchases/[id]",
      "sales": "/dashboard/[organization]/purchases",
      "secondStep": "/login/second-step",
      "securityLog": "/dashboard/[organization]/settings/security",
      "sentMail": "/dashboard/[organization]/settings/mail/sent",
      "setUp": "/setup",
      "signInLink": "/login/link",
      "signInWith": "/login/with/[provider]",
      "simulate": "/dashboard/[organization]/license-keys/[id]/simulate",
      "start": "/",
      "store": "/dashboard/[organization]/settings/stores/[id]",
      "storeSettings": "/dashboard/[organization]/settings/stores/[id]/settings",
      "stores": "/dashboard/[organization]/settings/stores",
      "takeKey": "/purchases/take",
      "trouble": "/dashboard/[organization]/trouble",
      "twoStep": "/account/two-step",
      "webhook": "/dashboard/[organization]/settings/webhooks/[id]",
      "webhookMessage": "/dashboard/[organization]/settings/webhooks/[id]/messages/[message]",
      "webhookSettings": "/dashboard/[organization]/settings/webhooks/[id]/settings",
      "webhooks": "/dashboard/[organization]/settings/webhooks",
      "whichDevices": "/devices",
    }
  `)
})

/** `app/docs/(reference)/[chapter]/page.tsx` is at `/docs/[chapter]`. */
const addressOf = (file: string) => {
  const parts = file.split(path.sep).slice(0, -1)
  return `/${parts.filter((part) => !part.startsWith('(')).join('/')}`
}

test('each leads to a page or a file below app/, and each page has one', () => {
  const pageFiles = globSync('**/page.tsx', { cwd: app }).map(addressOf)
  const files = globSync('**/route.ts', { cwd: app }).map(addressOf)
  expect(pageFiles.length).toBeGreaterThan(30)
  const addresses = built.map(([, address]) => address)
  expect(addresses.filter((address) => ![...pageFiles, ...files].includes(address))).toEqual([])
  expect(pageFiles.filter((page) => !addresses.includes(page))).toEqual([])
})

test('queries and parts', () => {
  const shop = { organization: 'inkwell' }
  const key = { ...shop, id: '0190' }
  expect([
    paths.licenseKeys(shop, { status: 'active,expiring', sort: 'expiresAt', dir: 'asc' }),
    paths.licenseKeys(shop, { q: 'a+b@c.example', product: '' }),
    paths.newLicenseKey(shop, { email: 'a@b.example', name: null }),
    paths.licenseKey(key, { history: 40 }),
    paths.licenseKey(key, undefined, 'devices'),
    paths.customer(key, { purchases: 2 }),
    paths.licenseKeysFile(shop, { status: 'active', format: 'csv', bom: '0' }),
    paths.login({ email: '', callbackUrl: '/purchases?a=1' }),
    paths.reference('errors'),
    paths.chapter({ chapter: 'shapes' }, 'Problem'),
    of(new URL('https://keys.example/login/link?token=a#b')),
  ]).toMatchInlineSnapshot(`
    [
      "/dashboard/inkwell/license-keys?status=active,expiring&sort=expiresAt&dir=asc",
      "/dashboard/inkwell/license-keys?q=a%2Bb%40c.example",
      "/dashboard/inkwell/license-keys/new?email=a%40b.example",
      "/dashboard/inkwell/license-keys/0190?history=40",
      "/dashboard/inkwell/license-keys/0190#devices",
      "/dashboard/inkwell/customers/0190?purchases=2#purchases",
      "/dashboard/inkwell/license-keys/export?status=active&format=csv&bom=0",
      "/login?callbackUrl=%2Fpurchases%3Fa%3D1",
      "/docs#errors",
      "/docs/shapes#Problem",
      "/login/link?token=a#b",
    ]
  `)
})
