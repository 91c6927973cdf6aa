'use client'
import type { Route } from 'next'
import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import type { Words } from '#lib/words/en.ts'

/** What is said with them. */
export type CodesWords = Words['account']['twoStep']['codes'] & { copied: string; copyFailed: string }

/** Recovery codes, shown once. */
export function RecoveryCodes({ codes, say, home }: { codes: string[]; say: CodesWords; home?: Route }) {
  return (
    <div className="grid gap-3 rounded-[8px] bg-line2 px-3.5 py-3">
      <p role="status" className="text-pretty">
        <span className="font-medium">{say.keep}</span> {say.about}
      </p>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(180px,1fr))] gap-x-4 gap-y-1 font-mono text-sm">
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton value={codes.join('\n')} label={say.copy} words={say} className="noscript:hidden">
          {say.copy}
        </CopyButton>
        {home && (
          <Button href={home} variant="primary">
            {say.kept}
          </Button>
        )}
      </div>
    </div>
  )
}
