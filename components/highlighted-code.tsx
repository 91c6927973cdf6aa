import '#server-only'
import { createHighlighterCore, type HighlighterCore, type LanguageInput, type ThemeRegistration } from 'shiki/core'
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
    color('var(--ink)', 'keyword.operator', 'storage.type.numeric', 'punctuation'),
  ],
}

let highlighter: Promise<HighlighterCore> | undefined

async function tokensOf(code: string, grammar: Grammar) {
  // Without the other engine there is no WebAssembly to load.
  highlighter ??= createHighlighterCore({ themes: [theme], engine: createJavaScriptRegexEngine() })
  const ready = await highlighter
  if (!ready.getLoadedLanguages().includes(grammar)) await ready.loadLanguage(grammars[grammar])
  return ready.codeToTokens(code, { lang: grammar, theme: 'latchkey' }).tokens
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
