'use client'
import { X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { FieldError } from '#components/ui/field.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input } from '#components/ui/input.tsx'

const MOST = 10

/** Headers of a new endpoint, as many as somebody wants. */
export function HeaderRows({ error }: { error: string[] | undefined }) {
  const [rows, setRows] = useState<number[]>([])
  const add = () => setRows([...rows, (rows.at(-1) ?? 0) + 1])
  return (
    <div className="grid gap-2">
      {rows.map((row, at) => (
        <div key={row} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_32px] items-center gap-2">
          <Input
            name="headerNames"
            aria-label={`Name of header ${at + 1}`}
            aria-invalid={error ? true : undefined}
            mono
            maxLength={100}
            autoComplete="off"
            spellCheck={false}
            placeholder="authorization"
          />
          <Input
            name="headerSecrets"
            aria-label={`Value of header ${at + 1}`}
            mono
            maxLength={1_000}
            autoComplete="off"
            spellCheck={false}
            placeholder="Bearer …"
          />
          <IconButton label={`Remove header ${at + 1}`} onClick={() => setRows(rows.filter((each) => each !== row))}>
            <X size={16} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      {error && <FieldError>{error[0]}</FieldError>}
      {rows.length < MOST && (
        <div>
          <Button size="sm" onClick={add}>
            Add a header
          </Button>
        </div>
      )}
    </div>
  )
}
