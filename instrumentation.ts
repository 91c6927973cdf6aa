/** Runs once when a server process starts: its look at the master secret, and background jobs, of which LATCHKEY_ROLE=web only hands them on. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { watchSecret } = await import('#lib/secret-watch.ts')
  await watchSecret()
  const { startJobs } = await import('#lib/jobs/start.ts')
  startJobs()
}
