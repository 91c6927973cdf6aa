import { useId } from 'react'
import { cx } from './cx.ts'
import { Picture } from './picture.tsx'
import { themeChoices } from './theme-choices.ts'
import { ThemeRadio } from './theme-radio.tsx'

/** Light, dark, or as the system says. */
export function ThemeToggle({
  className,
  words,
}: {
  className?: string
  /** Where the page is not in English. */
  words?: { theme: string; light: string; dark: string; system: string }
}) {
  const name = useId()
  return (
    <fieldset className={cx('inline-flex rounded-control bg-line2 p-0.5', className)}>
      <legend className="sr-only">{words?.theme ?? 'Theme'}</legend>
      {themeChoices.map(({ value, label: english, lines }) => {
        const says = words?.[value] ?? english
        return (
          // biome-ignore lint/a11y/noLabelWithoutControl: the button is inside
          <label
            key={value}
            title={says}
            className="grid h-6 w-8 place-items-center rounded-sm text-mute hover:text-ink has-checked:bg-raise has-checked:text-ink has-checked:shadow-soft has-focus-visible:outline-2 has-focus-visible:outline-ring pointer-coarse:h-9 pointer-coarse:w-11"
          >
            <ThemeRadio name={name} value={value} />
            <Picture size={14}>
              <path d={lines} />
            </Picture>
            <span className="sr-only">{says}</span>
          </label>
        )
      })}
    </fieldset>
  )
}
