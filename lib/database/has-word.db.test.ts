import { expect, test } from 'vitest'
import { Prisma } from '#prisma/client.ts'
import { prisma } from './client.ts'
import { hasWordSql } from './folded.ts'

test('a word is found in large and small letters, plain or not, and its signs are no patterns', async () => {
  const has = async (text: string, word: string) => {
    const [row] = await prisma.$queryRaw<{ is: boolean }[]>`
      SELECT ${hasWordSql(Prisma.sql`t.text`, word)} AS is FROM (SELECT ${text}::text) AS t (text)`
    return row?.is
  }
  const table: [text: string, word: string, is: boolean][] = [
    ['SO-150001', 'so-15', true],
    ['SO-150001', '0001', true],
    ['so-150001', 'SO-1', true],
    ['SO-150001', 'SO-2', false],
    ['50% off', '0% o', true],
    ['50 off', '5%f', false],
    ['a_b', '_', true],
    ['ab', '_', false],
    ['a\\b', '\\', true],
    ['Köln-77', 'ln-77', true],
    ['Köln-77', 'Köl', true],
  ]
  for (const [text, word, is] of table) expect([text, word, await has(text, word)]).toEqual([text, word, is])
})
