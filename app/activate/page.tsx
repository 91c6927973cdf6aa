import { redirect } from 'next/navigation'
import * as paths from '#lib/web/paths.ts'

/** The short address that software shows beside a code. */
export default async function ActivatePage({ searchParams }: PageProps<'/activate'>) {
  const { code } = await searchParams
  redirect(paths.approveDevice({ code: (Array.isArray(code) ? code[0] : code)?.slice(0, 40) ?? null }))
}
