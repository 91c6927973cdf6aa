'use client'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { Card, CardBody } from '#components/ui/card.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Progress } from '#components/ui/progress.tsx'
import { DiscardButton } from './import-actions.tsx'

const EVERY_MS = 1_000

/** How far an import is, looked up every second. */
export function AtWork({
  organization,
  id,
  checking,
  position,
  total,
  keys,
  problems,
  mayWrite,
}: {
  organization: string
  id: string
  checking: boolean
  position: number
  total: number | null
  keys: number
  problems: number
  mayWrite: boolean
}) {
  const router = useRouter()
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), EVERY_MS)
    return () => clearInterval(timer)
  }, [router])
  const max = checking ? null : total
  return (
    <Card className="max-w-[720px]">
      <CardBody className="grid gap-3">
        <div className="flex items-baseline justify-between gap-3">
          <p role="status" className="font-medium">
            {checking
              ? `${countText(position, 'record')} checked`
              : `${numberText(position)} of ${countText(total ?? 0, 'record')}`}
          </p>
          <p className="text-mute">
            {countText(keys, 'key')} {checking ? 'found' : 'imported'}, {countText(problems, 'problem')}
          </p>
        </div>
        <Progress label={checking ? 'Checking' : 'Importing'} value={position} max={max} />
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="text-mute text-sm">
            {checking ? 'Nothing has been imported yet.' : 'It continues in the background; you can leave this page.'}
          </p>
          {mayWrite && <DiscardButton organization={organization} id={id} running={!checking} />}
        </div>
      </CardBody>
    </Card>
  )
}
