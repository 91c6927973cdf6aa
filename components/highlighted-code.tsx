import '#server-only'
import { setImmediate } from 'node:timers/promises'
import {
  createHighlighterCore,
  type GrammarState,
  type HighlighterCore,
  type LanguageInput,
  type ThemedToken,
  type ThemeRegistration,
} from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import type { Grammar } from '#lib/snippets/schema.ts'
import { CodeBlock } from './ui/code-block.tsx'

// Loaded when first asked for; some hold the grammars of other languages too.
const grammars = {
  bash: () => import('shiki/langs/bash.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  php: () => import('shiki/langs/php.mjs'),
} satisfies Record<Grammar, LanguageInput>

// The palette's own names, so both themes are coloured by one rendering.
const color = (foreground: string, ...scope: string[]) => ({ scope, settings: { foreground } })
const theme: ThemeRegistration = {
  name: 'latchkey',
  type: 'light',
  fg: 'var(--ink)',
  bg: 'var(--line2)',
  settings: [
    color('var(--mute)', 'comment', 'punctuation.definition.comment'),
    color('var(--ok)', 'string', 'punctuation.definition.string'),
    color('var(--accent)', 'keyword', 'storage', 'constant', 'variable.language'),
    color('var(--ink)', 'keyword.operator', 'constant.other', 'variable.other.constant', 'string.unquoted.argument'),
  ],
}

let highlighter: Promise<HighlighterCore> | undefined

async function tokensOf(code: string, grammar: Grammar): Promise<ThemedToken[][]> {
  // Without the other engine there is no WebAssembly to load.
  highlighter ??= createHighlighterCore({ themes: [theme], engine: createJavaScriptRegexEngine() })
  const ready = await highlighter
  if (!ready.getLoadedLanguages().includes(grammar)) await ready.loadLanguage(grammars[grammar])
  const lines: ThemedToken[][] = []
  let grammarState: GrammarState | undefined
  for (const text of code.trimEnd().split('\n')) {
    const tokens = ready.codeToTokensBase(text, {
      lang: grammar,
      theme: 'latchkey',
      ...(grammarState && { grammarState }),
    })
    grammarState = ready.getLastGrammarState(tokens)
    lines.push(...tokens)
    // A grammar's first use compiles hundreds of expressions; license calls of the same process must not wait for all of them.
    await setImmediate()
  }
  return lines
}

/** A program in a box, coloured on the server. */
export async function HighlightedCode({ code, grammar, title }: { code: string; grammar: Grammar; title: string }) {
  const lines = await tokensOf(code, grammar)
  return (
    <CodeBlock code={code} title={title} scroll>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text never move
        <span key={at}>
          {line.map(({ content, color, offset }) =>
            color === theme.fg || content.trim() === '' ? (
              content
            ) : (
              <span key={offset} style={{ color }}>
                {content}
              </span>
            ),
          )}
          {'\n'}
        </span>
      ))}
    </CodeBlock>
  )
}
