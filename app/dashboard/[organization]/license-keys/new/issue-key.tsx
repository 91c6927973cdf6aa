'use client'
import { useState } from 'react'
import type { IssueChoice } from '#lib/license-keys/queries.ts'
import type { MailWay } from '#lib/mail/plain.ts'
import { IssueForm, type Prefill } from './issue-form.tsx'

/** The form, or what it made; "Issue another" starts a fresh one. */
export function IssueKey(props: {
  organization: string
  organizationId: string
  url: string
  choices: IssueChoice[]
  mailWay: MailWay
  prefill: Prefill
}) {
  const [round, setRound] = useState(0)
  return <IssueForm key={round} {...props} onAnother={() => setRound(round + 1)} />
}
