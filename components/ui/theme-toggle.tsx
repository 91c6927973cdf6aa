'use client'
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTheme } from 'next-themes'
import { useId, useSyncExternalStore } from 'react'
import { cx } from './cx.ts'
import { MenuRadioGroup } from './menu.tsx'

const choices = [
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
  { value: 'system', label: 'System', Icon: Monitor },
] as const

/** Light, dark, or as the system says. */
export function ThemeToggle({ className }: { className?: string }) {
  const { theme, setTheme } = useTheme()
  const name = useId()
  // The server does not know the theme; nothing is marked until the browser has spoken.
  const known = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
  return (
    <fieldset className={cx('inline-flex rounded-control bg-line2 p-0.5', className)}>
      <legend className="sr-only">Theme</legend>
      {choices.map(({ value, label, Icon }) => (
        <label
          key={value}
          title={label}
          className="grid h-6 w-8 place-items-center rounded-sm text-mute hover:text-ink has-checked:bg-raise has-checked:text-ink has-checked:shadow-soft has-focus-visible:outline-2 has-focus-visible:outline-ring pointer-coarse:h-9 pointer-coarse:w-11"
        >
          <input
            type="radio"
            name={name}
            value={value}
            checked={known && theme === value}
            onChange={() => setTheme(value)}
            className="sr-only"
          />
          <Icon size={14} aria-hidden="true" />
          <span className="sr-only">{label}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** The same choice as entries of a menu. */
export function ThemeMenuGroup() {
  const { theme, setTheme } = useTheme()
  return (
    <MenuRadioGroup
      label="Theme"
      value={theme ?? 'system'}
      onValueChange={setTheme}
      options={choices.map(({ value, label, Icon }) => ({
        value,
        label: (
          <>
            <span className="flex-1">{label}</span>
            <Icon size={14} aria-hidden="true" className="text-mute" />
          </>
        ),
      }))}
    />
  )
}
