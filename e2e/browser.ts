// The test of all browser tests: whatever the console or a page complains about fails it.
import { test as base } from '@playwright/test'

export { expect } from '@playwright/test'

export const test = base.extend<{ complaints: string[] }>({
  /** Errors of pages and of their consoles. A test that provokes one takes it out of here. */
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = []
      context.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          complaints.push(`${message.type()} on ${message.page()?.url()}: ${message.text()} ${message.location().url}`)
      })
      context.on('weberror', (error) => complaints.push(`${error.error()} on ${error.page()?.url()}`))
      await use(complaints)
      base.expect(complaints, 'what pages complained about').toEqual([])
    },
    { auto: true },
  ],
})
