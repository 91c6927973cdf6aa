import { forNext } from '#lib/http/for-next.ts'
import { answerStore, STORES_ROOT } from '#lib/stores/intake.ts'

export const dynamic = 'force-dynamic'

const handle = forNext(STORES_ROOT, answerStore)

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT }
