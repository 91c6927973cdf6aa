// The two doors of the license routes: the server's own, and Next's for hosts that run Next alone.
import { appUrl } from './http.ts'

/** The address of each door that is open, by its name. */
export const doors = Object.entries({ server: appUrl, next: process.env.NEXT_URL }).filter(
  (door): door is [string, string] => door[1] !== undefined,
)
