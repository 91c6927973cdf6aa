import type { Page } from '@playwright/test'
import { wordsIn } from '#lib/words/rules.ts'
import { expect } from './browser.ts'

/** Every sentence and half sentence of ours by its place; of functions what they say around their values. */
function saidBy(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'function') return String((value as (...all: unknown[]) => string)('§', '§', '§')).split('§')
  return Object.values(value as object).flatMap(saidBy)
}

const german = new Set(saidBy(wordsIn('de')).map((text) => text.trim()))
const sentences = saidBy(wordsIn('en'))
  .map((text) => text.trim())
  .filter((text) => /[a-z] [a-z]/i.test(text) && text.length >= 8 && !german.has(text))

// Words that no German page has, for what is in no word file.
const ENGLISH = /\b(the|your|you|and|with|this|sign|code that)\b/i

/** Refuses a page that shows English to whoever reads German, its labels and title included. */
export async function expectGermanOnly(page: Page, place: string): Promise<void> {
  await expect(page.locator('html'), place).toHaveAttribute('lang', 'de')
  const texts = await page.evaluate(() => [
    document.title,
    ...[...document.querySelectorAll('[aria-label],[title],[placeholder],[alt]')].flatMap((each) =>
      ['aria-label', 'title', 'placeholder', 'alt'].map((name) => each.getAttribute(name) ?? ''),
    ),
  ])
  const all = [...(await page.locator('body').allInnerTexts()), ...texts].join('\n')
  expect(
    sentences.filter((sentence) => all.includes(sentence)),
    place,
  ).toEqual([])
  expect(
    all.split('\n').filter((line) => ENGLISH.test(line)),
    place,
  ).toEqual([])
}
