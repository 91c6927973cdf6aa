import { curlApproval, javascriptApproval } from '../snippets/approval.ts'
import { csharp } from '../snippets/csharp.ts'
import { curl } from '../snippets/curl.ts'
import { go } from '../snippets/go.ts'
import { javascript } from '../snippets/javascript.ts'
import { php } from '../snippets/php.ts'
import { python } from '../snippets/python.ts'
import { shell } from '../snippets/quote.ts'
import { rust } from '../snippets/rust.ts'
import type { Grammar, SnippetBlock, SnippetFacts, VendorSnippet } from '../snippets/schema.ts'
import { swift } from '../snippets/swift.ts'
import { partsOf } from './list.ts'

type Tab = {
  label: string
  /** What it needs and how it is meant, in a sentence or two. */
  about: string
  blocks: (facts: SnippetFacts) => SnippetBlock[]
}

/** A whole program in one file and the lines that try it. `run` is how its file is run, `before` what must be there first. */
function program(
  write: (facts: SnippetFacts) => string,
  file: string,
  grammar: Grammar,
  run: string,
  before: string[] = [],
): Tab['blocks'] {
  return (facts) => [
    { title: file, file, grammar, code: write(facts) },
    {
      title: 'Try it',
      grammar: 'bash',
      code: [...before, `${run} activate ${shell(facts.sampleKey)}`, run, `${run} deactivate`].join('\n'),
    },
  ]
}

/** A vendor's SDK and the line that installs it. */
function sdk({ label, about, packages, blocks: write }: VendorSnippet): Tab {
  const blocks = (facts: SnippetFacts): SnippetBlock[] => {
    const [first, ...others] = write(facts)
    if (!first) return []
    const run = `npm install ${packages}\nnode ${first.file} ${shell(facts.sampleKey)}`
    return [first, { title: 'Try it', grammar: 'bash', code: run }, ...others]
  }
  return { label, about, blocks }
}

const vendorSnippets = partsOf('snippet')

/** What each tab shows, made from one configuration's facts. */
export const snippets = {
  curl: {
    label: 'curl',
    about: 'The calls as they go over the wire. Everything else on this page is made of them.',
    blocks: (facts) => [...curl(facts), ...curlApproval(facts)],
  },
  javascript: {
    label: 'JavaScript',
    about: 'Node 20 or later and Electron, with nothing to install. In a browser only the storage differs.',
    blocks: (facts) => [
      ...program(javascript, 'license.mjs', 'javascript', 'node license.mjs')(facts),
      javascriptApproval(facts),
    ],
  },
  python: {
    label: 'Python',
    about: 'Python 3.8 or later, with nothing to install.',
    blocks: program(python, 'license.py', 'python', 'python3 license.py'),
  },
  go: {
    label: 'Go',
    about: 'Go 1.19 or later, standard library only.',
    blocks: program(go, 'license.go', 'go', 'go run license.go'),
  },
  rust: {
    label: 'Rust',
    about: 'With ureq, which is small and needs no async runtime; the standard library has no HTTP.',
    blocks: program(rust, 'src/main.rs', 'rust', 'cargo run -q --', [
      'cargo add serde_json',
      'cargo add ureq --features json',
    ]),
  },
  csharp: {
    label: 'C#',
    about: '.NET 8 or later, with nothing to install.',
    blocks: program(csharp, 'Program.cs', 'csharp', 'dotnet run'),
  },
  swift: {
    label: 'Swift',
    about: 'Swift 5.9 or later with Foundation: macOS 12, iOS 15, and Linux with Swift 6.',
    blocks: program(swift, 'main.swift', 'swift', './license', ['swiftc -o license main.swift']),
  },
  php: {
    label: 'PHP',
    about: 'PHP 8.1 or later with its curl extension; the same functions fit a WordPress plugin.',
    blocks: program(php, 'license.php', 'php', 'php license.php'),
  },
  ...(Object.fromEntries(Object.entries(vendorSnippets).map(([name, snippet]) => [name, sdk(snippet)])) as Record<
    keyof typeof vendorSnippets,
    Tab
  >),
} satisfies Record<string, Tab>

export type SnippetName = keyof typeof snippets
/** Every tab of the integrate page, in its order. */
export const snippetNames = Object.keys(snippets) as [SnippetName, ...SnippetName[]]
