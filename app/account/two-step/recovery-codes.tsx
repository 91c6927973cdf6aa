'use client'
import type { Route } from 'next'
import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'

/** Recovery codes, shown once. */
export function RecoveryCodes({ codes, home }: { codes: string[]; home?: Route }) {
  return (
    <div className="grid gap-3 rounded-[8px] bg-line2 px-3.5 py-3">
      <p role="status" className="text-pretty">
        <span className="font-medium">Keep these recovery codes.</span> They are shown only now. Each signs you in once
        if you lose your phone; print them, or put them where your other secrets are.
      </p>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(180px,1fr))] gap-x-4 gap-y-1 font-mono text-sm">
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton value={codes.join('\n')} label="Copy codes" className="noscript:hidden">
          Copy codes
        </CopyButton>
        {home && (
          <Button href={home} variant="primary">
            I have kept them
          </Button>
        )}
      </div>
    </div>
  )
}
