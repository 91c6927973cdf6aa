'use server'
import { redirect } from 'next/navigation'
import { signIn } from '#lib/auth/sign-in.ts'
import type { System } from '#lib/base/actor.ts'
import { setUp } from '#lib/organizations/commands.ts'
import { SetUp } from '#lib/organizations/schema.ts'
import { formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

const console: System = { kind: 'system', name: 'Setup' }

/** The token in the form is the permission. */
export const setUpAction = formAction(
  async () => console,
  SetUp,
  async (system, input) => {
    const { slug } = await setUp(system, input, new Date())
    const answer = await signIn('password', { email: input.email, password: input.password })
    redirect(answer.ok ? paths.overview({ organization: slug }) : paths.login())
  },
)
