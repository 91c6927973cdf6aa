// What the build made of the pages, read as files.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'

const build = path.join(import.meta.dirname, '../../.next')
const scripts = globSync(['static/**/*.js', 'server/**/*.js'], { cwd: build })

/** Elements by the names that React is called with: `jsx("form", …)`. */
const ELEMENT = /\bjsxs?\)?\(\s*["'`]([a-z][\w-]*)["'`]/g

/** Elements whose name ends in a number of a compiler's. */
const renamed = (code: string) =>
  [...code.matchAll(ELEMENT)].flatMap(([, name = '']) => (/_\d+$/.test(name) ? name : []))

// The React compiler numbers variables that hide others, and takes a tag of the same name for one of them.
test('no element has a name that the compiler made up', () => {
  const found = new Set<string>()
  let forms = 0
  for (const script of scripts) {
    const code = readFileSync(path.join(build, script), 'utf8')
    for (const name of renamed(code)) found.add(`${name} in ${script}`)
    if (code.matchAll(ELEMENT).some(([, name]) => name === 'form')) forms++
  }
  expect(forms, 'scripts with a form, so what is looked for would be seen').toBeGreaterThan(3)
  expect([...found]).toEqual([])
})

test('such a name is found', () => {
  expect(renamed('return (0,t.jsx)("form_0",{children:(0,t.jsxs)(`input_12`,{})})')).toEqual(['form_0', 'input_12'])
  expect(renamed('(0,t.jsx)("form",{id:"form_0"}),jsx(Form_0,{})')).toEqual([])
})
