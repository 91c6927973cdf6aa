import DodoPayments from 'dodopayments'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Signer, signers } from '../../e2e/store-signers.ts'

// What tests send is signed as the stores sign: these were made by the stores' own libraries, or are accepted by them.

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-09-01T10:00:05Z'), toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

const cases: [string, Signer, string, string, string, string, string][] = [
  [
    'stripe',
    signers.stripe,
    'whsec_TestInkwell0123456789abcdef',
    'x',
    'stripe-signature',
    't=1788256805,v1=8bd36d7b2fcaf43d6d698d99a297c7f4c2f3472c9f3bc339e9f6ba686dbb6cad',
    '{"id":"evt_1QuillS","object":"event","api_version":"2026-10-28.endive","created":1788609600,"livemode":true,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"refund.created","data":{"object":{"id":"re_3Quill1","object":"refund","amount":4900,"currency":"eur","charge":"ch_3Quill1","payment_intent":"pi_3Quill1","created":1788609600,"reason":"requested_by_customer","status":"succeeded","receipt_number":null,"metadata":{}}}}',
  ],
  [
    'polar',
    signers.standard((secret) => secret),
    'whsec_polarInkwell0123456789',
    '7d0f5f0e-6a0f-4a51-9a3e-0c5a3f0d1e11',
    'webhook-signature',
    'v1,MXOqvFqNrezvP7sDE77H/Uu8DZpXTRWTakgnfq0Dfac=',
    '{"type":"refund.created","timestamp":"2026-09-05T12:00:00Z","data":{"id":"f0000000-0000-4000-8000-000000000001","created_at":"2026-09-05T12:00:00Z","modified_at":null,"metadata":{},"status":"succeeded","reason":"customer_request","amount":4900,"tax_amount":980,"currency":"usd","organization_id":"5f0f6f0a-9c3b-4f5e-8a55-0d3f9c2b7a10","order_id":"a1b2c3d4-0001-4000-8000-000000000001","subscription_id":null,"customer_id":"0b9a4a52-6f1d-4d0e-9a55-6a4b7f2f3c01","revoke_benefits":true,"dispute":null}}',
  ],
  [
    'dodo',
    signers.standard(),
    'whsec_aW5rd2VsbC1kb2RvLXRlc3Qtc2VjcmV0LTI0Yg==',
    'msg_2QuillDodo1',
    'webhook-signature',
    'v1,wI4kDiCXFiBFgRK8Zjz174LF4+lZvePQL+i6xBArGfc=',
    '{"business_id":"bus_Inkwell1","type":"refund.succeeded","timestamp":"2026-09-05T12:00:03Z","data":{"payload_type":"Refund","refund_id":"ref_Quill1","payment_id":"pay_Quill1","business_id":"bus_Inkwell1","brand_id":"bus_Inkwell1","status":"succeeded","is_partial":false,"amount":14700,"currency":"EUR","reason":null,"created_at":"2026-09-05T12:00:00Z","customer":{"customer_id":"cus_Lena1","email":"lena@customer.example","name":"Lena Ortiz","metadata":{},"phone_number":null},"metadata":{}}}',
  ],
  [
    'lemonsqueezy',
    signers.lemonsqueezy,
    'inkwell-ls-secret',
    'x',
    'x-signature',
    '3be3ad4ab438fe31fda3a42b1cb57e14d888c6708b3255fd65a01f474a002404',
    '{"meta":{"event_name":"subscription_payment_refunded","test_mode":false,"custom_data":{"latchkey":"abc"}},"data":{"type":"subscription-invoices","id":"8001","attributes":{"subscription_id":7001,"status":"refunded","refunded":true,"refunded_amount":10527,"total":10527,"updated_at":"2027-09-10T10:05:00.000000Z","test_mode":false}}}',
  ],
  [
    'paddle',
    signers.paddle,
    'pdl_ntfset_01quill_InkwellTestSecret',
    'x',
    'paddle-signature',
    'ts=1788256805;h1=ae812c42c7a14dd07e5a59963c526da4332df73bc1fbbb0ec4b3a2a6517666d3',
    '{"event_id":"evt_01quillr","event_type":"customer.created","occurred_at":"2026-09-01T09:59:00.165823Z","notification_id":"ntf_01quillr","data":{"id":"ctm_01lena","name":"Lena Ortiz","email":"lena@customer.example","marketing_consent":false,"status":"active","custom_data":null,"locale":"es","created_at":"2026-09-01T09:59:00.000Z","updated_at":"2026-09-01T09:59:00.000Z","import_meta":null}}',
  ],
  [
    'fastspring',
    signers.fastspring,
    'inkwell-fs-secret',
    'x',
    'x-fs-signature',
    '1Z6dWY3oIUTNEn/WcuzjdsUD3kv3wDJxeDxg/pH/pf8=',
    '{"events":[{"id":"EvQuill0","processed":false,"created":1788256806000,"type":"subscription.deactivated","live":true,"data":{"id":"SuQuill","subscription":"SuQuill","active":false,"state":"deactivated","changed":1788256805000}}]}',
  ],
  [
    'woocommerce',
    signers.woocommerce,
    'ck "quoted" & <sec>',
    'x',
    'x-wc-webhook-signature',
    'hX5Wb7TmuyBUCTkuWKdc3yNbBBtS80Wfut7K5cbtKh8=',
    '{"id":5501}',
  ],
  [
    'shopify',
    signers.shopify,
    'shpss_inkwelltestsecret',
    'x',
    'x-shopify-hmac-sha256',
    'tEtLghtV8KhydjoChXjstcWnxeMz2ncgZB1jeiMQDD0=',
    '{"id":6600000000001,"order_id":6100000000001,"created_at":"2026-09-05T14:00:00+02:00","refund_line_items":[{"line_item_id":8300000000002,"quantity":1}],"transactions":[{"kind":"refund","status":"success","amount":"49.00","currency":"EUR","test":false}]}',
  ],
  [
    'creem',
    signers.creem,
    'whsec_inkwellCreemTestSecret',
    'x',
    'creem-signature',
    '91057cbcab15d04a822b63f2923198d7fb47029be1a772f01eca95cf79d84372',
    '{"id":"evt_QuillZ","eventType":"subscription.scheduled_cancel","created_at":1788256805000,"object":{"id":"sub_Quill1","object":"subscription","status":"scheduled_cancel","current_period_end_date":"2027-09-01T10:00:00.000Z","updated_at":"2026-09-01T10:00:05.000Z","mode":"prod"}}',
  ],
]

test.each(cases)('%s signs so', (_store, sign, secret, id, header, expected, body) => {
  const headers = sign({ id, type: 'any', body }, new Date(), secret)
  expect(headers[header]).toBe(expected)
})

test('Dodo’s own library believes it', () => {
  const secret = 'whsec_aW5rd2VsbC1kb2RvLXRlc3Qtc2VjcmV0LTI0Yg=='
  const body = '{"business_id":"bus_1","type":"refund.succeeded","timestamp":"2026-09-05T12:00:03Z","data":{}}'
  const headers = signers.standard()({ id: 'msg_1', type: '', body }, new Date(), secret)
  const dodo = new DodoPayments({ bearerToken: 'x', webhookKey: secret })
  expect(dodo.webhooks.unwrap(body, { headers })).toMatchObject({ type: 'refund.succeeded' })
  expect(() => dodo.webhooks.unwrap(`${body} `, { headers })).toThrow()
})
