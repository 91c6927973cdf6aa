'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import {
  connectStore,
  makeStoreSecret,
  placeProduct,
  removeStore,
  replayDeliveries,
  setStoreCredential,
  setStoreSecret,
  setStoreSettings,
  switchStore,
} from '#lib/stores/commands.ts'
import { startReconciliation } from '#lib/stores/reconcile.ts'
import {
  ConnectStore,
  PlaceProduct,
  ReadOrders,
  ReplayDeliveries,
  SetStoreSettings,
  StoreCredential,
  StoreId,
  StoreSecret,
  SwitchStore,
} from '#lib/stores/schema.ts'
import { tryAccess } from '#lib/stores/try-access.ts'
import { editAction, formAction } from '#lib/web/action.ts'

/** Makes the address that a store's deliveries go to. */
export const connect = formAction(merchantOf, ConnectStore, async (merchant, input) => {
  const { connectionId } = await connectStore(merchant, input, new Date())
  return { result: { connectionId } }
})

/** Keeps the secret that a store signs with. */
export const setSecret = formAction(merchantOf, StoreSecret, async (merchant, input) => {
  await setStoreSecret(merchant, input, new Date())
  refresh()
  return { message: 'Secret saved' }
})

/** Makes a secret and tells it: the only time. */
export const makeSecret = formAction(merchantOf, StoreId, async (merchant, input) => {
  const { secret } = await makeStoreSecret(merchant, input, new Date())
  refresh()
  return { result: secret }
})

/** Keeps, or takes away, what lets us ask the store's API. */
export const setCredential = formAction(merchantOf, StoreCredential, async (merchant, input) => {
  const now = new Date()
  await setStoreCredential(merchant, input, now)
  const problem = input.credential.trim() ? await tryAccess(merchant, input, now) : null
  refresh()
  if (problem) return { message: `API access saved, but it does not work: ${problem}`, result: { problem } }
  return { message: input.credential.trim() ? 'API access saved; the store answers' : 'API access removed' }
})

/** Changes how keys live by what the store says. */
export const saveSettings = editAction(merchantOf, SetStoreSettings, async (merchant, input, opened) => {
  await setStoreSettings(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify(input.settings) }
})

/** Switches a connection off, or on again. */
export const switchConnection = formAction(merchantOf, SwitchStore, async (merchant, input) => {
  await switchStore(merchant, input, new Date())
  refresh()
  return {}
})

/** Says which product something of the store is here. */
export const place = formAction(merchantOf, PlaceProduct, async (merchant, input) => {
  await placeProduct(merchant, input, new Date())
  refresh()
  return {}
})

/** Handles deliveries once more. */
export const replay = formAction(merchantOf, ReplayDeliveries, async (merchant, input) => {
  const { replayed } = await replayDeliveries(merchant, input, new Date())
  refresh()
  return { result: { replayed } }
})

/** Has what a store sold read from its API, in the background. */
export const readOrders = formAction(merchantOf, ReadOrders, async (merchant, input) => {
  await startReconciliation(merchant, input, new Date())
  refresh()
  return {}
})

/** Ends a connection. */
export const remove = formAction(merchantOf, StoreId, async (merchant, input) => {
  await removeStore(merchant, input, new Date())
  return {}
})
