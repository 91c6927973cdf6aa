'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { setTheme, useTheme } from './use-theme.ts'

/** The button of one theme; all that a browser has to load of the choice. */
export function ThemeRadio({ name, value }: { name: string; value: string }) {
  return (
    <input
      type="radio"
      name={name}
      value={value}
      checked={useTheme() === value}
      onChange={() => setTheme(value)}
      className="sr-only"
    />
  )
}
