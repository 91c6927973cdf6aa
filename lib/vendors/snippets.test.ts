import { describe, expect, test } from 'vitest'
import { double, shell, single } from '../snippets/quote.ts'
import type { SnippetFacts } from '../snippets/schema.ts'
import { snippetNames, snippets } from './snippets.ts'

const facts: SnippetFacts = {
  url: 'https://keys.example.com',
  organizationId: '0a1b2c3d-0000-4000-8000-000000000001',
  keyConfigurationId: '0a1b2c3d-0000-4000-8000-000000000002',
  productId: '0a1b2c3d-0000-4000-8000-000000000003',
  sampleKey: 'EDITOR_1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA',
}

const textOf = (name: (typeof snippetNames)[number], over: Partial<SnippetFacts> = {}) =>
  snippets[name]
    .blocks({ ...facts, ...over })
    .map(({ code }) => code)
    .join('\n')

describe.each(snippetNames)('%s', (name) => {
  test('carries the real address and ids, and a key to try', () => {
    const text = textOf(name)
    expect(text).toContain(`${facts.url}/api/license`)
    expect(text).toContain(facts.sampleKey)
    // Dodo and Lemon Squeezy know a key without its organization.
    if (name !== 'dodo' && name !== 'lemonsqueezy') expect(text).toContain(facts.organizationId)
    expect(text).not.toMatch(/undefined|\[object|null\//)
  })

  test('fits the box it is shown in', () => {
    const wide = textOf(name)
      .split('\n')
      .filter((line) => line.length > 120)
    expect(wide).toEqual([])
  })
})

test.each(['curl', 'javascript', 'python', 'go', 'rust', 'csharp', 'swift', 'php'] as const)(
  '%s accepts only keys of the product, or of the configuration where there is none',
  (name) => {
    expect(textOf(name)).toMatch(/product_id.{1,160}000000000003/s)
    expect(textOf(name)).not.toContain('benefit_id')
    expect(textOf(name, { productId: null })).toMatch(/benefit_id.{1,160}000000000002/s)
    expect(textOf(name, { productId: null })).not.toContain('product_id')
  },
)

describe('whatever the address is, it stays a string', () => {
  const url = `https://a.example/it's "\\" $(id) \${HOME} #{1}`

  test('in JavaScript, and in what quotes like it', () => {
    const read = (literal: string): unknown => new Function(`return ${literal}`)()
    expect(read(double(url))).toBe(url)
    expect(read(single(url))).toBe(url)
    expect(double(url)).toBe(`"https://a.example/it's \\"\\\\\\" $(id) \${HOME} #{1}"`)
  })

  test('in a shell', () => {
    expect(shell(url)).toBe(`'https://a.example/it'\\''s "\\" $(id) \${HOME} #{1}'`)
  })

  test.each(['javascript', 'polar', 'dodo', 'lemonsqueezy'] as const)('in the program for %s', (name) => {
    const [first] = snippets[name].blocks({ ...facts, url })
    expect(first?.code).toContain(`'https://a.example/it\\'s "\\\\" $(id)`)
  })
})
