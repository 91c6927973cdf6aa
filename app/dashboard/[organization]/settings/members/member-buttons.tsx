'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select } from '#components/ui/select.tsx'
import { toast } from '#components/ui/toast.tsx'
import { roleMay } from '#lib/base/permissions.ts'
import type { LeftBehind } from '#lib/organizations/left-behind.ts'
import { roleWords } from '#lib/organizations/rules.ts'
import type { Role } from '#prisma/enums.ts'
import { leave, remove, setRole, transfer } from './actions.ts'
import { LeftBehindFields, LeftBehindWords } from './left-behind.tsx'

/** Gives a member another role or removes them; says before what it does to them. */
export function MemberButtons({
  organization,
  member,
  isSelf,
  roles,
  left,
  mayRevoke,
  now,
  mayRemove,
  mayTransfer,
}: {
  organization: string
  member: { userId: string; email: string; name: string | null; role: Role }
  isSelf: boolean
  roles: readonly Role[]
  /** What of theirs would live on without them. */
  left: LeftBehind | null
  mayRevoke: boolean
  now: Date
  mayRemove: boolean
  mayTransfer: boolean
}) {
  const who = member.name ?? member.email
  const values = { organization, userId: member.userId }
  const whose = isSelf ? 'you' : 'they'
  // A press too many should give nobody more than they had.
  const lowest = roles.at(-1)
  const items = roles.map((value) => ({ value, ...roleWords[value] }))
  return (
    <div className="flex flex-wrap gap-2">
      {roles.length > 0 && (
        <ConfirmDialog
          trigger={
            <Button size="sm" aria-label={`Change role of ${member.email}`}>
              Change role
            </Button>
          }
          title={isSelf ? 'Change your own role?' : `Change the role of ${who}?`}
          confirmLabel="Change role"
          values={values}
          opened={{ role: member.role }}
          fields={
            <>
              <Field label="Role">
                <Select name="role" items={items} defaultValue={lowest} />
              </Field>
              {roleMay(member.role, 'api_keys.write') && (
                <LeftBehindFields left={left} whose={whose} mayRevoke={mayRevoke} now={now} isLesserRole />
              )}
            </>
          }
          action={confirmAction(setRole)}
          onDone={() => toast.success(`The role of ${who} was changed`)}
        >
          Now {roleWords[member.role].label.toLowerCase()}.{' '}
          {isSelf ? 'You stay signed in here and are signed out everywhere else.' : 'They are signed out everywhere.'}
        </ConfirmDialog>
      )}
      {mayTransfer && (
        <ConfirmDialog
          trigger={
            <Button size="sm" variant="ghost" aria-label={`Transfer ownership to ${member.email}`}>
              Transfer ownership
            </Button>
          }
          title={`Transfer your ownership to ${who}?`}
          confirmLabel="Transfer ownership"
          destructive
          values={values}
          action={confirmAction(transfer)}
          onDone={() => toast.success(`${who} is an owner now`)}
        >
          They may do everything here from now on, and you become an admin. Only an owner can give it back. They are
          signed out everywhere, you everywhere but here, and both of you are told by mail.
        </ConfirmDialog>
      )}
      {mayRemove && (
        <ConfirmDialog
          trigger={
            <Button size="sm" variant="ghost" aria-label={isSelf ? 'Leave the organization' : `Remove ${member.email}`}>
              {isSelf ? 'Leave' : 'Remove'}
            </Button>
          }
          title={isSelf ? 'Leave this organization?' : `Remove ${who}?`}
          confirmLabel={isSelf ? 'Leave' : 'Remove'}
          destructive
          values={values}
          fields={<LeftBehindFields left={left} whose={whose} mayRevoke={mayRevoke} now={now} />}
          action={confirmAction(isSelf ? leave : remove)}
          onDone={() => toast.success(`${who} was removed`)}
        >
          {isSelf
            ? 'You will no longer have access to it. Only another member can invite you back.'
            : 'They are signed out everywhere and lose access to this organization.'}
          <LeftBehindWords left={left} whose={whose} />
        </ConfirmDialog>
      )}
    </div>
  )
}
