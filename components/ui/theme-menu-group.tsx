'use client'
import { MenuRadioGroup } from './menu.tsx'
import { Picture } from './picture.tsx'
import { themeChoices } from './theme-choices.ts'
import { setTheme, useTheme } from './use-theme.ts'

/** Light, dark, or as the system says, as entries of a menu. */
export function ThemeMenuGroup() {
  const theme = useTheme()
  return (
    <MenuRadioGroup
      label="Theme"
      value={theme ?? 'system'}
      onValueChange={setTheme}
      options={themeChoices.map(({ value, label, lines }) => ({
        value,
        label: (
          <>
            <span className="flex-1">{label}</span>
            <Picture size={14} className="text-mute">
              <path d={lines} />
            </Picture>
          </>
        ),
      }))}
    />
  )
}
