// A Chromium for the browser tests: the one given, the system's, Playwright's own, or one that is installed now.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { Halt } from '../server/lifecycle.ts'
import { runTool } from '../server/tools.ts'

const candidates = () => [
  process.env.CHROMIUM_PATH,
  // The same engine without a window: two thirds of the processor time, so it comes first.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  chromium.executablePath(),
]

/** The path of a browser that starts. */
export function findBrowser(): string {
  const given = process.env.CHROMIUM_PATH
  if (given && !works(given)) throw new Halt(`CHROMIUM_PATH is ${given}, which does not start.`)
  let found = candidates().find(works)
  if (found) return found
  console.log('No Chromium found; installing one for the browser tests.')
  runTool('@playwright/test', ['install', 'chromium'])
  found = candidates().find(works)
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const apt = (...args: string[]) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    apt('update')
    for (const name of ['chromium-headless-shell', 'chromium']) {
      apt('install', '-y', '--no-install-recommends', name)
      found = candidates().find(works)
      if (found) return found
    }
  }
  throw new Halt('The browser tests need Chromium or Chrome: install one, or set CHROMIUM_PATH.')
}

/** Its exit code decides: Debian's writes shell warnings to stderr and works all the same. */
function works(file: string | undefined): file is string {
  return Boolean(file) && existsSync(file as string) && spawnSync(file as string, ['--version']).status === 0
}
