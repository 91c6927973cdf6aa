import { type Language, languageNames, languages } from '#lib/words/plain.ts'
import { chooseLanguage } from './language-actions.ts'
import { cx } from './ui/cx.ts'

/** The languages there are, each by its own name; works without scripts. */
export function LanguageSwitch({ language, label }: { language: Language; label: string }) {
  return (
    <form aria-label={label} className="flex gap-1" data-print="hide">
      {languages.map((each) => (
        <button
          key={each}
          type="submit"
          formAction={chooseLanguage.bind(null, each)}
          lang={each}
          aria-current={each === language ? 'true' : undefined}
          className={cx(
            'h-7 rounded-sm px-1.5 pointer-coarse:min-h-10',
            each === language ? 'font-medium text-ink' : 'text-mute hover:text-ink',
          )}
        >
          {languageNames[each]}
        </button>
      ))}
    </form>
  )
}
