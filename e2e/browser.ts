// The test of all browser tests: whatever the console or a page complains about fails it.
import { test as base } from '@playwright/test'

export { expect } from '@playwright/test'

/** What was complained about, and what a test says beforehand that it provokes: nobody knows when the browser tells of it. */
type Complaints = string[] & { provoked: RegExp[] }

export const test = base.extend<{ complaints: Complaints }>({
  /** Errors of pages and of their consoles. */
  complaints: [
    async ({ context }, use) => {
      const complaints: Complaints = Object.assign([], { provoked: [] })
      context.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          complaints.push(`${message.type()} on ${message.page()?.url()}: ${message.text()} ${message.location().url}`)
      })
      context.on('weberror', (error) => complaints.push(`${error.error()} on ${error.page()?.url()}`))
      await use(complaints)
      const others = complaints.filter((each) => !complaints.provoked.some((pattern) => pattern.test(each)))
      base.expect(others, 'what pages complained about').toEqual([])
    },
    { auto: true },
  ],
})

/** What a page complains of that moves by itself when its session ends. */
export const signedOut = /status of 401 .*\/api\/live\//
