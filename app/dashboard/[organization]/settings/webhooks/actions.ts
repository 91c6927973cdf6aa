'use server'
import { refresh } from 'next/cache'
import { apiVersions } from '#lib/api/endpoint.ts'
import { merchantOf } from '#lib/auth/session.ts'
import { editAction, formAction } from '#lib/web/action.ts'
import {
  createEndpoint,
  removeEndpoint,
  resendFailed,
  resendMessage,
  rotateSecret,
  sendTest,
  setHeader,
  updateEndpoint,
} from '#lib/webhook-endpoints/commands.ts'
import { sinceOf } from '#lib/webhook-endpoints/rules.ts'
import {
  EditEndpoint,
  EndpointHeader,
  EndpointId,
  MessageId,
  NewEndpoint,
  ResendFailed,
  SwitchEndpoint,
  TestEndpoint,
} from '#lib/webhook-endpoints/schema.ts'
import type { WebhookFormat } from '#lib/webhooks/formats.ts'

/** What the page shows once an endpoint is made; the secret only this once. */
export type CreatedEndpoint = { endpointId: string; url: string; secret: string; format: WebhookFormat }

const version = apiVersions[apiVersions.length - 1] as string

/** Makes an endpoint and hands its secret back. */
export const create = formAction(merchantOf, NewEndpoint, async (merchant, input) => {
  const made = await createEndpoint(merchant, input, version, new Date())
  return { result: { ...made, url: input.url, format: input.format } satisfies CreatedEndpoint }
})

/** Changes where events go, and which. */
export const save = editAction(merchantOf, EditEndpoint, async (merchant, { endpointId, choice }, opened) => {
  await updateEndpoint(merchant, endpointId, choice, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify(choice) }
})

/** Sends a header along, or no longer. */
export const putHeader = formAction(merchantOf, EndpointHeader, async (merchant, input) => {
  await setHeader(merchant, input, new Date())
  refresh()
  return { message: input.value ? 'Header saved' : 'Header removed' }
})

/** Makes another secret and tells it: the only time. */
export const rotate = formAction(merchantOf, EndpointId, async (merchant, { endpointId }) => {
  const { secret } = await rotateSecret(merchant, endpointId, new Date())
  refresh()
  return { result: secret }
})

/** Switches an endpoint off, or on again. */
export const switchEndpoint = formAction(merchantOf, SwitchEndpoint, async (merchant, { endpointId, off }) => {
  await updateEndpoint(merchant, endpointId, { disabled: off }, new Date())
  refresh()
  return {}
})

/** Ends an endpoint. */
export const remove = formAction(merchantOf, EndpointId, async (merchant, { endpointId }) => {
  await removeEndpoint(merchant, endpointId, new Date())
  return {}
})

/** Sends an endpoint an example. */
export const test = formAction(merchantOf, TestEndpoint, async (merchant, input) => {
  const { messageId } = await sendTest(merchant, input, new Date())
  return { result: messageId }
})

/** Sends a message once more. */
export const resend = formAction(merchantOf, MessageId, async (merchant, { messageId }) => {
  await resendMessage(merchant, messageId, new Date())
  refresh()
  return {}
})

/** Sends what failed once more. */
export const resendAll = formAction(merchantOf, ResendFailed, async (merchant, { endpointId, span }) => {
  const now = new Date()
  const { messages } = await resendFailed(merchant, { endpointId, since: sinceOf(span, now) }, now)
  refresh()
  return { result: messages }
})
