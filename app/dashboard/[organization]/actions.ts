'use server'
import type { Route } from 'next'
import { redirect } from 'next/navigation'
import { signOut } from '#lib/auth/sign-in.ts'

/** Ends the session and leads to the sign-in page. */
export async function signOutOfDashboard(): Promise<void> {
  await signOut()
  redirect('/login' as Route)
}
