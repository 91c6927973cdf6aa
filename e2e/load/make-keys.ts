// makeKeys as a process of its own, for another database than that of the one who asks. In: { count } as JSON; out: LoadKeys as a JSON line.
import { text } from 'node:stream/consumers'
import { pool, prisma } from '#lib/database/client.ts'
import { makeKeys } from './keys.ts'

const { count } = JSON.parse(await text(process.stdin)) as { count: number }
console.log(JSON.stringify(await makeKeys(count)))
await prisma.$disconnect()
await pool.end()
