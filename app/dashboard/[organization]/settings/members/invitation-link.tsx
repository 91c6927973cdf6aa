'use client'
import { CopyButton } from '#components/ui/copy-button.tsx'
import type { Invited } from '#lib/organizations/members.ts'

/** What became of an invitation: mailed, or a link to pass on, which is shown only now. */
export function InvitationLink({ invited: { email, url } }: { invited: Invited }) {
  if (!url)
    return (
      <p role="status" className="text-ok">
        The invitation is on its way to {email}.
      </p>
    )
  return (
    <div className="grid gap-2 rounded-[8px] bg-line2 px-3 py-2.5">
      <p role="status" className="text-pretty">
        <span className="font-medium">{email} is invited.</span> This server sends no mail, so pass the link on
        yourself. It is shown only now, works once, and makes whoever opens it a member.
      </p>
      <code className="select-all break-all font-mono text-sm">{url}</code>
      <div>
        <CopyButton value={url} label="Copy the link" className="noscript:hidden">
          Copy link
        </CopyButton>
      </div>
    </div>
  )
}
