'use client'
import { Suspense, useState, useTransition } from 'react'
import { Button } from '#components/ui/button.tsx'
import { later } from '#components/ui/later.ts'
import { toast } from '#components/ui/toast.tsx'
import { isRepeated, type SentMail } from '#lib/mail/plain.ts'
import type { FormAction } from '#lib/web/action.ts'

// Rarely asked, so it is loaded when it is.
const asking = later(() => import('./mail-anyway.tsx'))

/** Sends one mail once more; with a key that does not work any more only after a question. What waits, and what opens a door, has no button. */
export function MailAgain({
  mail,
  organization,
  action,
}: {
  mail: Pick<SentMail, 'id' | 'template' | 'state' | 'to' | 'goesTo'>
  organization: string
  action: FormAction
}) {
  const [pending, startTransition] = useTransition()
  const [why, setWhy] = useState<string | null>(null)
  if (mail.state === 'waiting' || !isRepeated(mail.template)) return null
  const values = { organization, mailId: mail.id }
  const run = () =>
    startTransition(async () => {
      const form = new FormData()
      for (const [name, value] of Object.entries(values)) form.set(name, value)
      const state = await action({ status: 'idle' }, form)
      if (state.status === 'ok') toast.success(state.message)
      else if (state.errors?.anyway) {
        await asking.ready()
        setWhy(state.message ?? '')
      } else toast.error(state.message)
    })
  return (
    <>
      <Button size="sm" loading={pending} onClick={run}>
        Send again<span className="sr-only"> to {mail.goesTo}</span>
      </Button>
      {mail.goesTo !== mail.to && (
        <span className="mt-1 block max-w-[220px] break-words text-mute text-sm">It goes to {mail.goesTo} now.</span>
      )}
      {why !== null && (
        <Suspense>
          <Anyway why={why} values={values} action={action} onClose={() => setWhy(null)} />
        </Suspense>
      )}
    </>
  )
}

function Anyway(props: Parameters<typeof import('./mail-anyway.tsx').MailAnyway>[0]) {
  const part = asking.usePart()
  return <part.MailAnyway {...props} />
}
