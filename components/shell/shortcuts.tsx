'use client'
import { useEffect, useState } from 'react'
import { isTyping } from '#components/ui/data-table/use-slash.ts'
import { Dialog } from '#components/ui/dialog.tsx'
import { Kbd } from '#components/ui/kbd.tsx'

const groups: { label: string; keys: [keys: string[], what: string][] }[] = [
  {
    label: 'Everywhere',
    keys: [
      [['⌘', 'K'], 'Search or jump; with Ctrl on other keyboards'],
      [['?'], 'This list'],
    ],
  },
  {
    label: 'In a list',
    keys: [
      [['/'], 'Search and filter'],
      [['j'], 'Next row'],
      [['k'], 'Row before'],
      [['Enter'], 'Open the row, Space too'],
      [['x'], 'Select the row'],
      [['Shift', 'x'], 'Select all rows from the last one'],
      [['Shift', 'j'], 'Select on the way'],
      [['c'], 'Copy what the row is about, such as the customer’s address'],
      [['Esc'], 'Let go of what is selected'],
    ],
  },
  {
    label: 'With a key open beside its list',
    keys: [
      [['j'], 'The next one'],
      [['k'], 'The one before'],
      [['Enter'], 'Open its page'],
      [['Esc'], 'Close'],
    ],
  },
  {
    label: 'In the search field',
    keys: [
      [['↓'], 'Choose a suggestion'],
      [['Tab'], 'Take the first one'],
      [['Esc'], 'Clear'],
    ],
  },
  {
    label: 'In the panel of columns',
    keys: [
      [['Alt', '↑'], 'Move a column'],
      [['Alt', '→'], 'Make it wider'],
    ],
  },
]

/** The list of shortcuts; "?" opens it. */
export function Shortcuts() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key !== '?' || event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return
      if (document.querySelector('[role=dialog],[role=menu],[role=alertdialog]')) return
      event.preventDefault()
      setOpen(true)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard shortcuts" size="md">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {groups.map(({ label, keys }) => (
          <section key={label} aria-label={label}>
            <h3 className="mb-1.5 font-medium text-mute text-sm">{label}</h3>
            <dl className="grid gap-1.5">
              {keys.map(([names, what]) => (
                <div key={what} className="flex items-baseline justify-between gap-4">
                  <dt className="order-2 flex shrink-0 gap-1">
                    {names.map((name) => (
                      <Kbd key={name}>{name}</Kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
