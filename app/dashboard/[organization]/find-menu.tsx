'use client'
import { type CommandItem, CommandMenu } from '#components/shell/command-menu.tsx'
import { recentOf } from '#components/shell/recent.ts'
import { find } from './actions.ts'

/** The command menu of an organization: its pages, and what is found in it. */
export function FindMenu({ organization, items }: { organization: string; items: readonly CommandItem[] }) {
  return (
    <CommandMenu
      items={items}
      recent={() => recentOf(organization)}
      placeholder="Find a page, a key, a customer or an order…"
      search={async (words) => {
        const form = new FormData()
        form.set('organization', organization)
        form.set('words', words)
        const { status, result } = await find({ status: 'idle' }, form)
        return status === 'ok' ? (result as CommandItem[]) : []
      }}
    />
  )
}
