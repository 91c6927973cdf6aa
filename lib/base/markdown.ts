/** As many as nobody needs who writes for people. */
const EMPHASIS_MAX = 400
const BRACKETS_MAX = 200
/** Quotes and lists in one another at the beginning of one line. */
const NESTED = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){12}/m

/**
 * The same Markdown, or, where it holds so many marks that reading it would take seconds, the text as it stands. Whatever renders
 * Markdown asks this first.
 */
export function boundedMarkdown(text: string): string {
  const isTangled = count(text, /[*_]/g) > EMPHASIS_MAX || count(text, /\[/g) > BRACKETS_MAX || NESTED.test(text)
  // A mark behind a backslash is a letter.
  return isTangled ? text.replace(/[!-/:-@[-`{-~]/g, '\\$&').replace(/^[ \t]+/gm, '') : text
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

/** Markdown as plain text: without the marks that only say how it looks, with addresses behind the words that lead there. Code stays. */
export const withoutMarks = (markdown: string): string =>
  markdown
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part, at) => (at % 2 === 0 ? plain(part) : part.replace(/^`([^`\n]+)`$/, '$1')))
    .join('')

const plain = (text: string): string =>
  text
    .replace(/!?\[([^[\]\n]*)\]\(([^()\s]+)[^()\n]*\)/g, (all, words: string, to: string) =>
      all.startsWith('!') || words === to ? words : `${words} (${to})`,
    )
    .replace(/^#{1,6}[ \t]+/gm, '')
    .replace(/\*\*([^*\n]+)\*\*/g, '$1')
    .replace(/(?<![\w*])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])/g, '$1')
