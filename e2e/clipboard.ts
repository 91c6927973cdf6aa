import { expect, type Page } from '@playwright/test'

/** What was copied, once it looks like this: what is pressed before the page's scripts are there is done a moment later. */
export async function copied(page: Page, looksLike: RegExp): Promise<string> {
  let text = ''
  await expect
    .poll(async () => {
      text = await page.evaluate(() => navigator.clipboard.readText())
      return text
    })
    .toMatch(looksLike)
  return text
}
