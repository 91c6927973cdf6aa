'use client'
import { Dialog } from '@base-ui/react/dialog'
import { Command } from 'cmdk'
import { Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useRef, useState, useTransition } from 'react'
import { mayLeave } from '#components/leave-guard.ts'
import { Kbd } from '#components/ui/kbd.tsx'
import { Spinner } from '#components/ui/spinner.tsx'
import type { CommandItem, CommandMenuProps } from './command-menu.tsx'

/** The window of the command menu, and all the code that it needs. */
export function CommandWindow({
  items,
  search,
  recent,
  placeholder,
  open,
  setOpen,
}: CommandMenuProps & { placeholder: string; open: boolean; setOpen: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => setOpen(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-veil transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-50 flex items-start justify-center px-3 pt-3 sm:pt-[14vh]">
          <Dialog.Popup className="w-full max-w-[560px] overflow-hidden rounded-[12px] bg-raise shadow-pop outline-none transition-[opacity,scale] duration-100 data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0">
            <Dialog.Title className="sr-only">Search or jump</Dialog.Title>
            <Palette {...{ items, search, recent, placeholder }} close={() => setOpen(false)} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Palette({
  items,
  search,
  recent,
  placeholder,
  close,
}: Omit<CommandMenuProps, 'placeholder'> & { placeholder: string; close: () => void }) {
  const router = useRouter()
  const [words, setWords] = useState('')
  const [found, setFound] = useState<CommandItem[]>([])
  const [waiting, setWaiting] = useState(false)
  const [going, startGoing] = useTransition()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef('')
  const isPasted = useRef(false)
  const [before] = useState(() => recent?.() ?? [])

  function ask(next: string) {
    setWords(next)
    const wanted = next.trim()
    latest.current = wanted
    clearTimeout(timer.current)
    if (!search || wanted.length < 2) {
      setFound([])
      setWaiting(false)
      return
    }
    setWaiting(true)
    const pasted = isPasted.current
    isPasted.current = false
    const look = async () => {
      const answer = await search(wanted).catch(() => [])
      // An answer that was overtaken by more typing is dropped.
      if (latest.current !== wanted) return
      const [first] = answer
      if (pasted && first?.exact) return go(first)
      setFound(answer)
      setWaiting(false)
    }
    timer.current = setTimeout(look, pasted ? 0 : 120)
  }
  function go(item: CommandItem) {
    if (!mayLeave()) return
    startGoing(() => router.push(item.href))
    close()
  }

  const wanted = words.trim().toLowerCase()
  const matching = items.filter((item) =>
    [item.label, item.group, ...(item.keywords ?? [])].some((text) => text.toLowerCase().includes(wanted)),
  )
  // What was pasted whole stands above all else.
  const [exact, others] = [found.filter((item) => item.exact), found.filter((item) => !item.exact)]
  const groups = Map.groupBy([...(wanted ? exact : before), ...matching, ...others], (item) => item.group)
  return (
    <Command label="Search or jump" shouldFilter={false} loop>
      <div className="flex items-center gap-2.5 border-line2 border-b px-4">
        <span aria-hidden="true" className="text-mute">
          {waiting || going ? <Spinner /> : <Search size={15} />}
        </span>
        <Command.Input
          value={words}
          onValueChange={ask}
          onPaste={() => {
            isPasted.current = true
          }}
          placeholder={placeholder}
          className="h-12 w-full min-w-0 bg-transparent text-md outline-none"
        />
        <span aria-hidden="true" className="pointer-coarse:hidden">
          <Kbd>Esc</Kbd>
        </span>
      </div>
      <Command.List className="scroll-thin max-h-[min(400px,60dvh)] overflow-y-auto p-1.5">
        {!waiting && (
          <Command.Empty className="px-3 py-8 text-center text-mute">
            {words ? `Nothing found for “${words}”` : 'Type to search'}
          </Command.Empty>
        )}
        {[...groups].map(([group, members]) => (
          <Command.Group
            key={group}
            heading={group}
            className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-mute [&_[cmdk-group-heading]]:text-xs"
          >
            {members.map((item) => (
              <Command.Item
                key={item.id}
                value={item.id}
                onSelect={() => go(item)}
                className="flex min-h-9 select-none items-center gap-3 rounded-sm px-2.5 py-1.5 data-[selected=true]:bg-hover pointer-coarse:min-h-11"
              >
                <span className={item.mono ? 'min-w-0 flex-1 truncate font-mono text-sm' : 'min-w-0 flex-1 truncate'}>
                  {item.label}
                </span>
                {item.hint && <span className="shrink-0 truncate text-mute text-sm">{item.hint}</span>}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  )
}
