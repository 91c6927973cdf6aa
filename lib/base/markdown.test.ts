import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import Renderer from 'react-markdown'
import { describe, expect, test } from 'vitest'
import { boundedMarkdown, withoutMarks } from './markdown.ts'

const filled = (part: string, length = 5_000) => part.repeat(Math.ceil(length / part.length)).slice(0, length)
const textOf = (html: string) => html.replace(/<[^>]*>/g, '').replaceAll('&gt;', '>')

describe('Markdown that nobody wrote for people', () => {
  test.each(['_*', '*a_ ', 'a*b_', '***a___ ', 'x_*y', '[', '![a](', '[a](', '>', '> ', '1. ', '1) ', '- > '])(
    '%j again and again is shown as it stands',
    (part) => {
      const text = filled(part)
      const html = renderToStaticMarkup(createElement(Renderer, null, boundedMarkdown(text)))
      expect(textOf(html).trim()).toBe(text.trim())
      expect(html).not.toMatch(/<(em|strong|blockquote|ol|ul|a)\b/)
    },
  )
})

test('what people write stays Markdown', () => {
  const text = `# Install\n\n1. Open **Settings**\n2. Paste \`KEY\`\n   - on a *Mac*: ⌘,\n   - see [help](https://a.test/x_y_z)\n\n> > quoted twice\n\n${'A **bold** word. '.repeat(90)}`
  expect(boundedMarkdown(text)).toBe(text)
})

describe('as plain text', () => {
  test.each([
    ['Open **Help → License**, then *paste* it.', 'Open Help → License, then paste it.'],
    ['# Install\n\n1. Run `app --key`', 'Install\n\n1. Run app --key'],
    [
      'See [help](https://a.test/x_y) or [https://a.test](https://a.test)',
      'See help (https://a.test/x_y) or https://a.test',
    ],
    ['2 * 3 * 4, __init__ and snake_case', '2 * 3 * 4, __init__ and snake_case'],
    ['`**/*.key`\n\n```\n**kept** [a](b)\n```', '**/*.key\n\n```\n**kept** [a](b)\n```'],
    ['* one\n* two', '* one\n* two'],
  ])('%j', (markdown, text) => {
    expect(withoutMarks(markdown)).toBe(text)
  })
})
