import { buttonLook } from '#components/ui/button-look.ts'
import * as paths from '#lib/web/paths.ts'
import type { Words } from '#lib/words/en.ts'

/** Looks for purchases; a plain form, which sends its words in the address. */
export const SearchForm = ({ q, words: { list: say } }: { q: string; words: Words }) => (
  <search className="w-full sm:w-auto">
    <form action={paths.purchases()} className="flex gap-2">
      <input
        type="search"
        name="q"
        aria-label={say.search}
        placeholder={say.searchHint}
        defaultValue={q}
        maxLength={100}
        className="h-8 w-full min-w-0 rounded-control border border-line bg-raise px-2.5 shadow-soft placeholder:text-mute hover:border-edge/60 pointer-coarse:min-h-10 sm:w-72"
      />
      <button type="submit" className={buttonLook('secondary')}>
        {say.searchButton}
      </button>
    </form>
  </search>
)
