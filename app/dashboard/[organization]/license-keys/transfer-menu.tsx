'use client'
import { ArrowDownUp, ChevronDown } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuGroup, MenuItem, MenuSeparator } from '#components/ui/menu.tsx'
import { type ExportFormat, exportFormats } from '#lib/license-keys/plain.ts'
import * as paths from '#lib/web/paths.ts'

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
  // Not a link: following one ahead of time would export, and be recorded.
  const download = (format: ExportFormat, { mark = true } = {}) => {
    const query = { ...Object.fromEntries(address), format, bom: mark ? undefined : '0' }
    window.location.assign(paths.licenseKeysFile({ organization }, query))
  }
  return (
    <Menu
      trigger={
        <Button aria-label="Import and export">
          <ArrowDownUp size={15} aria-hidden="true" className="sm:hidden" />
          <span className="max-sm:hidden">Import and export</span>
          <ChevronDown size={14} aria-hidden="true" className="-mr-1 text-mute" />
        </Button>
      }
      className="min-w-60"
    >
      {mayWrite && <MenuItem href={paths.newImport({ organization })}>Import keys…</MenuItem>}
      <MenuItem href={paths.imports({ organization })}>All imports</MenuItem>
      <MenuItem href={paths.bulkChanges({ organization })}>Bulk changes</MenuItem>
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
