import { forNext } from '#lib/http/for-next.ts'
import { answerLicense } from '#lib/vendors/serve.ts'

// The second door to the license routes, for `next dev` and hosts that run Next alone; production answers them before Next.
const handle = forNext('/api/license', answerLicense)

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
}
