// Where things are.
import path from 'node:path'

/** The project folder; scripts may be started from anywhere. */
export const root = path.resolve(import.meta.dirname, '..')

/** What this installation keeps: the secret, the embedded database, the demo's log-ins. */
export const dataFolder = path.join(root, '.data')
