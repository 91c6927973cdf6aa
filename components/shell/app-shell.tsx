'use client'
import { Menu as MenuIcon, Search } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useRef, useState } from 'react'
import { Avatar } from '#components/ui/avatar.tsx'
import { Drawer } from '#components/ui/drawer.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { openCommandMenu } from './command-menu.tsx'
import { useKeptFocus } from './keep-focus.ts'
import { Shortcuts } from './shortcuts.tsx'
import { Sidebar, type SidebarProps } from './sidebar.tsx'

/** The frame of the merchant's pages: navigation at the left, on a phone a bar with a drawer. */
export function AppShell({
  commandMenu,
  children,
  ...sidebar
}: Omit<SidebarProps, 'search'> & {
  /** A CommandMenu; being given shows the ways to open it. */
  commandMenu?: ReactNode
  children: ReactNode
}) {
  const path = usePathname()
  // The drawer belongs to the page it was opened on, so following a link closes it.
  const [openOn, setOpenOn] = useState<string | null>(null)
  const search = Boolean(commandMenu)
  const main = useRef<HTMLElement>(null)
  useKeptFocus(main)
  return (
    <div
      data-print="grow"
      className="grid min-h-dvh grid-rows-[auto_minmax(0,1fr)] md:h-dvh md:grid-cols-[216px_minmax(0,1fr)] md:grid-rows-1"
    >
      <header
        data-print="hide"
        className="sticky top-0 z-20 flex h-12 items-center gap-2 border-line border-b bg-bg px-2 md:hidden"
      >
        <Drawer
          side="left"
          title="Navigation"
          hideTitle
          open={openOn === path}
          onOpenChange={(open) => setOpenOn(open ? path : null)}
          trigger={
            <IconButton label="Open navigation">
              <MenuIcon size={18} aria-hidden="true" />
            </IconButton>
          }
        >
          <Sidebar {...sidebar} search={search} />
        </Drawer>
        <Link href={sidebar.organization.href} className="flex min-w-0 items-center gap-2.5 rounded-sm font-semibold">
          <Avatar name={sidebar.organization.name} />
          <span className="truncate">{sidebar.organization.name}</span>
        </Link>
        <span className="flex-1" />
        {search && (
          <IconButton label="Search or jump" onClick={openCommandMenu}>
            <Search size={17} aria-hidden="true" />
          </IconButton>
        )}
      </header>
      <header data-print="hide" className="border-line border-r max-md:hidden">
        <Sidebar {...sidebar} search={search} />
      </header>
      <main
        ref={main}
        id="content"
        tabIndex={-1}
        className="relative flex min-w-0 flex-col outline-none md:overflow-y-auto"
      >
        {children}
      </main>
      {commandMenu}
      <Shortcuts />
    </div>
  )
}
