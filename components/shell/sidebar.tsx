'use client'
import { ChevronDown } from 'lucide-react'
import type { Route } from 'next'
import Link from 'next/link'
import { usePathname, useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'
import { Avatar } from '#components/ui/avatar.tsx'
import { cx } from '#components/ui/cx.ts'
import { Kbd } from '#components/ui/kbd.tsx'
import { Menu, MenuGroup, MenuItem, MenuSeparator } from '#components/ui/menu.tsx'
import { ThemeMenuGroup } from '#components/ui/theme-menu-group.tsx'
import { openCommandMenu } from './command-menu.tsx'
import { forgetRecent } from './recent.ts'

export type NavItem = {
  href: Route
  label: string
  /** A word at the right edge. */
  badge?: ReactNode
  /** Another place that belongs to it. */
  also?: readonly Route[]
  /** What stands below it: other ways to show the same page. */
  items?: (NavItem & { view: string })[]
}
export type NavGroup = { label?: string; items: NavItem[] }
export type OrganizationLink = { name: string; href: Route }

export type SidebarProps = {
  /** The organization that is open. */
  organization: OrganizationLink
  /** All the person may switch to. */
  organizations: readonly OrganizationLink[]
  user: { name?: string | null; email: string }
  groups: readonly NavGroup[]
  footer: readonly NavItem[]
  /** A server action, or a function of a client component. */
  onSignOut: () => void | Promise<void>
  /** Shows the entry that opens the command menu. */
  search?: boolean
  /** Where the user menu's own pages are, such as "My purchases". */
  userLinks?: readonly NavItem[]
}

/** The navigation at the left: organization, groups of links, search, settings and the person. */
export function Sidebar({
  organization,
  organizations,
  user,
  groups,
  footer,
  onSignOut,
  search,
  userLinks = [],
}: SidebarProps) {
  const path = usePathname()
  const leave = () => {
    forgetRecent()
    void onSignOut()
  }
  const view = useSearchParams().get('view') ?? ''
  // The longest address that the path starts with is the open one, so Overview does not stay marked.
  const open = [...groups.flatMap((group) => group.items), ...footer]
    .flatMap((item) => [item.href, ...(item.also ?? [])].map((place) => ({ href: item.href, place: pathOf(place) })))
    .filter(({ place }) => path === place || path.startsWith(`${place}/`))
    .sort((a, b) => b.place.length - a.place.length)[0]?.href
  return (
    <div className="flex h-full flex-col gap-0.5 px-2.5 py-3">
      <Menu
        align="start"
        className="w-60"
        trigger={
          <button
            type="button"
            className="mb-2.5 flex h-9 w-full items-center gap-2.5 rounded-control px-2 text-left font-semibold hover:bg-hover data-popup-open:bg-hover"
          >
            <Avatar name={organization.name} />
            <span className="min-w-0 flex-1 truncate">{organization.name}</span>
            <span className="sr-only">Switch organization</span>
            <ChevronDown size={14} aria-hidden="true" className="shrink-0 text-mute" />
          </button>
        }
      >
        <MenuGroup label="Organizations">
          {organizations.map((each) => (
            <MenuItem key={each.href} href={each.href} current={each.href === organization.href}>
              <span className="flex items-center gap-2.5">
                <Avatar name={each.name} size={18} quiet={each.href !== organization.href} />
                <span className="truncate">{each.name}</span>
              </span>
            </MenuItem>
          ))}
        </MenuGroup>
        <MenuSeparator />
        <ThemeMenuGroup />
        <MenuSeparator />
        <MenuItem onSelect={leave}>Sign out</MenuItem>
      </Menu>
      {/* What is below fades out rather than being cut off; on lower screens the lines are closer together. */}
      <nav
        aria-label="Main"
        className="scroll-quiet -mx-2.5 mask-b-from-[calc(100%-14px)] min-h-0 flex-1 overflow-y-auto px-2.5 pb-3.5"
      >
        {groups.map((group, at) => (
          <div key={group.label ?? at} className={at > 0 ? 'mt-3.5 [@media(max-height:960px)]:mt-2' : undefined}>
            {group.label && <p className="px-2 pb-1 font-medium text-mute text-xs">{group.label}</p>}
            <ul className="grid gap-0.5">
              {group.items.map((item) => {
                // Of the views of a page at most one is open; then its entry is the one that is.
                const below = item.items ?? []
                const shown = path === pathOf(item.href) ? below.find((each) => each.view === view) : undefined
                return (
                  <NavLink key={item.label} item={item} on={item.href === open && !shown} also={Boolean(shown)}>
                    {below.length > 0 && (
                      <ul
                        aria-label={`Views of ${item.label}`}
                        className="mt-0.5 ml-3.5 grid gap-0.5 border-line border-l pl-1.5"
                      >
                        {below.map((each) => (
                          <NavLink key={each.view} item={each} on={each === shown} />
                        ))}
                      </ul>
                    )}
                  </NavLink>
                )
              })}
            </ul>
          </div>
        ))}
      </nav>
      <ul className="grid gap-0.5">
        {footer.map((item) => (
          <NavLink key={item.href} item={item} on={item.href === open} />
        ))}
      </ul>
      {search && (
        <button
          type="button"
          onClick={openCommandMenu}
          className="flex h-[30px] items-center justify-between rounded-[6px] px-2 text-mute hover:bg-hover hover:text-ink pointer-coarse:h-10"
        >
          Search or jump
          <span aria-hidden="true" className="pointer-coarse:hidden">
            <Kbd>⌘K</Kbd>
          </span>
        </button>
      )}
      <Menu
        align="start"
        side="top"
        className="w-60"
        trigger={
          <button
            type="button"
            className="mt-1 flex h-9 w-full items-center gap-2.5 rounded-control px-2 text-left text-mute hover:bg-hover hover:text-ink data-popup-open:bg-hover pointer-coarse:h-11"
          >
            <Avatar name={user.name || user.email} size={20} quiet />
            <span className="min-w-0 flex-1 truncate">{user.name || user.email}</span>
            <span className="sr-only">Account</span>
          </button>
        }
      >
        <p className="truncate px-2 pt-1.5 pb-1 text-mute text-sm">{user.email}</p>
        {userLinks.map((item) => (
          <MenuItem key={item.href} href={item.href}>
            {item.label}
          </MenuItem>
        ))}
        <MenuSeparator />
        <ThemeMenuGroup />
        <MenuSeparator />
        <MenuItem onSelect={leave}>Sign out</MenuItem>
      </Menu>
      {/* Without scripts the menus stay shut, and nobody may be locked in. */}
      <form action={onSignOut} className="hidden px-2 py-1 noscript:block">
        <button type="submit" className="rounded-xs text-mute underline hover:text-ink">
          Sign out
        </button>
      </form>
    </div>
  )
}

const pathOf = (href: Route): string => href.split('?', 1)[0] ?? href

/** `also`: something below it is open. */
function NavLink({
  item,
  on,
  also = false,
  children,
}: {
  item: NavItem
  on: boolean
  also?: boolean
  children?: ReactNode
}) {
  return (
    <li>
      <Link
        href={item.href}
        aria-current={on ? 'page' : undefined}
        className={cx(
          'flex h-[30px] items-center justify-between gap-2 rounded-[6px] px-2 focus-visible:-outline-offset-2 pointer-coarse:h-10 pointer-fine:[@media(max-height:960px)]:h-[26px]',
          on
            ? 'bg-line2 font-medium text-ink'
            : also
              ? 'text-ink hover:bg-hover/70'
              : 'text-mute hover:bg-hover/70 hover:text-ink',
        )}
      >
        <span className="truncate">{item.label}</span>
        {item.badge}
      </Link>
      {children}
    </li>
  )
}
