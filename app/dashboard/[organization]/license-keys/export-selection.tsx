'use client'
import { ChevronDown } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { Button } from '#components/ui/button.tsx'
import type { Selection } from '#components/ui/data-table/bulk-bar.tsx'
import { Menu, MenuItem } from '#components/ui/menu.tsx'
import { type ExportFormat, exportFormats } from '#lib/license-keys/plain.ts'
import * as paths from '#lib/web/paths.ts'

/** The ticked keys as a file, or all that match. */
export function ExportSelection({ organization, selection }: { organization: string; selection: Selection }) {
  const address = useSearchParams()
  function download(format: ExportFormat) {
    if (selection.matching) {
      const query = { ...Object.fromEntries(address), format }
      window.location.assign(paths.licenseKeysFile({ organization }, query))
      return
    }
    // The answer is a file, so the page stays.
    const form = document.createElement('form')
    form.method = 'post'
    form.action = paths.licenseKeysFile({ organization }, {})
    for (const [name, value] of Object.entries({ ids: selection.ids.join(','), format })) {
      const input = document.createElement('input')
      input.type = 'hidden'
      input.name = name
      input.value = value
      form.append(input)
    }
    document.body.append(form)
    form.submit()
    form.remove()
  }
  return (
    <Menu
      side="top"
      trigger={
        <Button size="sm">
          Export
          <ChevronDown size={13} aria-hidden="true" className="-mr-1" />
        </Button>
      }
    >
      {exportFormats.map((format) => (
        <MenuItem key={format} onSelect={() => download(format)}>
          {format.toUpperCase()}
        </MenuItem>
      ))}
    </Menu>
  )
}
