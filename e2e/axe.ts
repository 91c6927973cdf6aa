import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** What axe finds, in words. */
export async function findings(page: Page, { colorsOnly = false, inPortal = false } = {}): Promise<string[]> {
  // A colour on its way from one theme to the other is no colour of ours. Ended rather than waited for: an animation of an element that is
  // taken away, or that is paused, is never finished.
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (Number.isFinite(animation.effect?.getComputedTiming().endTime) && animation.playbackRate !== 0)
        animation.finish()
  })
  // Base UI's guards catch the focus at both ends of what is open and pass it on at once; nobody ever rests on one.
  // A mail's preview is a frame in which no script runs, so axe cannot look into it.
  // It is half a megabyte, and stays as long as the page does.
  const isThere = await page.evaluate(() => 'axe' in window)
  const axe = new AxeBuilder({ page, ...(isThere && { axeSource: 'true' }) })
    .options({ resultTypes: ['violations'] })
    .exclude('[data-base-ui-focus-guard]')
    .exclude('iframe')
  // Without frames there is nothing to put together, for which it would open a page of its own each time.
  axe.setLegacyMode()
  if (colorsOnly) axe.withRules('color-contrast')
  else axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
  // Menus and lists of choices lie at the end of the document, tied to their button, and so in no landmark.
  if (inPortal) axe.disableRules('region')
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
  )
}
