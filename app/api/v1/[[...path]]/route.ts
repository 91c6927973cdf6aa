import { API_ROOT, answerApi } from '#lib/api/serve.ts'
import { forNext } from '#lib/http/for-next.ts'

export const dynamic = 'force-dynamic'

const handle = forNext(API_ROOT, answerApi)

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
}
