/** Runs once when a server process starts: background jobs, unless this process only serves pages. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.LATCHKEY_ROLE === 'web') return
  const { startJobs } = await import('#lib/jobs/start.ts')
  await startJobs()
}
