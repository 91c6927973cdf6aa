import type { Route } from 'next'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import type { Role } from '#prisma/enums.ts'

/** Stands where a form would be that this member may not send. */
export function NotYourRole({ role, back }: { role: Role; back: Route }) {
  return (
    <EmptyState title="Your role does not allow this" actions={<Button href={back}>Back to the list</Button>}>
      You are {role === 'viewer' ? 'a viewer' : `in ${role}`} here. Ask an owner of the organization.
    </EmptyState>
  )
}
