import { defineConfig } from '@playwright/test'

// scripts/test.ts sets the environment: TEST_URL, MAIL_INBOX_URL, CHROMIUM_PATH, SETUP_TOKEN.
const jsonFile = process.env.PLAYWRIGHT_JSON_FILE

export default defineConfig({
  outputDir: '../test-results',
  // The most that any project below may have.
  workers: 3,
  forbidOnly: Boolean(process.env.CI),
  // For slow machines: what never comes is found all the same.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: jsonFile ? [['list'], ['json', { outputFile: jsonFile }]] : 'list',
  use: { baseURL: process.env.TEST_URL ?? 'http://localhost:4199' },
  projects: [
    { name: 'api', workers: 3, testDir: 'api', testMatch: '**/*.test.ts' },
    // These have the machine to themselves.
    { name: 'load', workers: 1, testDir: 'load', testMatch: '**/*.test.ts', testIgnore: '**/faults.test.ts' },
    { name: 'faults', workers: 1, testDir: 'load', testMatch: '**/faults.test.ts' },
    {
      name: 'ui',
      // Each test has its own organization; of two cores, two browsers leave a third idle.
      workers: 3,
      testDir: 'ui',
      testMatch: '**/*.test.ts',
      use: {
        viewport: { width: 1440, height: 900 },
        screenshot: 'only-on-failure',
        // Keeps every file that every page loads, so only for who looks for something: TRACE=1. Snapshots would run a script in every frame,
        // also in those that forbid scripts, and the console would complain of it.
        trace: process.env.TRACE ? { mode: 'retain-on-failure', snapshots: false, screenshots: false } : 'off',
        permissions: ['clipboard-read', 'clipboard-write'],
        launchOptions: {
          executablePath: process.env.CHROMIUM_PATH,
          // No sandbox, because root cannot have one; the rest keeps it from calling home.
          args: [
            ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
            ...['--disable-component-update', '--disable-sync', '--disable-default-apps', '--no-first-run'],
            ...['--disable-domain-reliability', '--metrics-recording-only'],
          ],
        },
      },
    },
  ],
})
