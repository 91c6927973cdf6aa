/** Runs once when a server process starts: its background jobs, of which LATCHKEY_ROLE=web only hands them on. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { startJobs } = await import('#lib/jobs/start.ts')
  startJobs()
}
