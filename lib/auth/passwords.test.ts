import { expect, test } from 'vitest'
import { hashPassword, isPassword } from './passwords.ts'

/** How often the event loop came round meanwhile, and with what it ended. */
async function turnsDuring<T>(work: () => Promise<T>): Promise<[turns: number, result: T]> {
  let [turns, isOver] = [0, false]
  const turn = () => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const result = await work()
  isOver = true
  return [turns, result]
}

test('hashing and checking leave the event loop to others', async () => {
  const [whileHashing, hashed] = await turnsDuring(() => hashPassword('a whole sentence works well'))
  const [whileChecking, matches] = await turnsDuring(() => isPassword('a whole sentence works well', hashed))
  expect(matches).toBe(true)
  // The dummy of nobody's password is made and checked like any other.
  const [whileRefusing, nobody] = await turnsDuring(() => isPassword('a whole sentence works well', null))
  expect(nobody).toBe(false)
  // On the loop it would not come round at all; off it, it comes round thousands of times.
  expect(Math.min(whileHashing, whileChecking, whileRefusing)).toBeGreaterThan(20)
})
