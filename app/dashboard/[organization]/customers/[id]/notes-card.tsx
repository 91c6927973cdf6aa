import Link from 'next/link'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import type { CustomerNote } from '#lib/customers/notes.ts'
import { mayChangeNote } from '#lib/customers/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { NewNote } from './new-note.tsx'
import { NoteText } from './note-text.tsx'

/** What the team knows about a customer, newest first; the customer never sees it. */
export function NotesCard({
  organization,
  customerId,
  isErased,
  member,
  notes,
  total,
  now,
}: {
  organization: string
  customerId: string
  /** Nothing new is written of somebody whose personal data was deleted. */
  isErased: boolean
  member: Member
  notes: CustomerNote[]
  total: number
  now: Date
}) {
  const mayWrite = !isErased && roleMay(member.role, 'notes.write')
  return (
    <Card>
      <CardHeader title={<span id="notes">Notes</span>}>{total > 0 && countText(total, 'note')}</CardHeader>
      <CardBody className="grid gap-2.5">
        {mayWrite && <NewNote organization={organization} customerId={customerId} />}
        {total === 0 && <p className="text-mute">No notes yet. Only your team sees them.</p>}
      </CardBody>
      {notes.length > 0 && (
        <ul>
          {notes.map(({ id, text, authorLabel, createdAt, editedAt, editedBy, ...note }) => (
            <li key={id} className="border-line2 border-t px-3.5 py-2.5">
              <NoteText
                organization={organization}
                noteId={id}
                text={text}
                author={authorLabel}
                mayChange={mayChangeNote(member, note)}
              >
                {authorLabel} · <Time value={createdAt} now={now} />
                {editedAt && (
                  <>
                    , changed {editedBy !== authorLabel && `by ${editedBy} `}
                    <Time value={editedAt} now={now} />
                  </>
                )}
              </NoteText>
            </li>
          ))}
        </ul>
      )}
      {total > notes.length && (
        <div className="border-line2 border-t px-3.5 py-2">
          <Link
            href={paths.customer({ organization, id: customerId }, { notes: notes.length + 50 })}
            className="rounded-xs font-medium text-mute hover:text-ink"
          >
            Older notes
          </Link>
        </div>
      )}
    </Card>
  )
}
