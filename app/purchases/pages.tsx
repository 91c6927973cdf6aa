import type { Route } from 'next'
import { buttonLook } from '#components/ui/button-look.ts'
import type { Words } from '#lib/words/en.ts'

/** The way from page to page, where there are several. */
export function Pages({
  page,
  pages,
  words: { list: say },
  address,
}: {
  page: number
  pages: number
  words: Words
  address: (page: number) => Route
}) {
  if (pages <= 1) return null
  return (
    <nav aria-label={say.pages} className="mt-4 flex flex-wrap items-center justify-between gap-3">
      <span className="text-mute">{say.page(page, pages)}</span>
      <span className="flex gap-2">
        {page > 1 && (
          <a href={address(page - 1)} rel="prev" className={buttonLook('secondary')}>
            {say.previous}
          </a>
        )}
        {page < pages && (
          <a href={address(page + 1)} rel="next" className={buttonLook('secondary')}>
            {say.next}
          </a>
        )}
      </span>
    </nav>
  )
}
