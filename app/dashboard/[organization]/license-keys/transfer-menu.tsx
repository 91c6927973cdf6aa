'use client'
import { ChevronDown } from 'lucide-react'
import type { Route } from 'next'
import { useSearchParams } from 'next/navigation'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuGroup, MenuItem, MenuSeparator } from '#components/ui/menu.tsx'
import { type ExportFormat, exportFormats } from '#lib/license-keys/schema.ts'

/** Keys in and out: imports, and the filtered list as a file. */
export function TransferMenu({
  organization,
  total,
  mayWrite,
  mayReveal,
}: {
  organization: string
  total: number
  mayWrite: boolean
  mayReveal: boolean
}) {
  const address = useSearchParams()
  const base = `/dashboard/${organization}`
  // Not a link: following one ahead of time would export, and be recorded.
  const download = (format: ExportFormat, { mark = true } = {}) => {
    const query = new URLSearchParams(address)
    query.set('format', format)
    if (!mark) query.set('bom', '0')
    window.location.assign(`${base}/license-keys/export?${query}`)
  }
  return (
    <Menu
      trigger={
        <Button>
          Import and export <ChevronDown size={14} aria-hidden="true" className="-mr-1 text-mute" />
        </Button>
      }
      className="min-w-60"
    >
      {mayWrite && <MenuItem href={`${base}/imports/new` as Route}>Import keys…</MenuItem>}
      <MenuItem href={`${base}/imports` as Route}>All imports</MenuItem>
      <MenuSeparator />
      <MenuGroup label={mayReveal ? 'Export what the list shows' : 'Export what the list shows, without key strings'}>
        {exportFormats.map((format) => (
          <MenuItem
            key={format}
            onSelect={() => download(format)}
            disabledReason={total === 0 && 'There are no keys'}
            hint={total > 0 ? total.toLocaleString('en') : undefined}
          >
            {format.toUpperCase()}
          </MenuItem>
        ))}
        <MenuItem
          onSelect={() => download('csv', { mark: false })}
          disabledReason={total === 0 && 'There are no keys'}
          hint={total > 0 ? total.toLocaleString('en') : undefined}
        >
          For programs: no byte order mark
        </MenuItem>
      </MenuGroup>
    </Menu>
  )
}
