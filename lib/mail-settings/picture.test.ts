import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { drawnAnew } from './picture.ts'

const secret = 'taken at home by Lena'
const exif = { IFD0: { ImageDescription: secret } }
const drawing = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 31, g: 111, b: 235, alpha: 0.5 } } }).withExif(exif)
const photograph = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } }).withExif(exif)

test('pictures of each kind are drawn anew, small, without what is not seen', async () => {
  const sent = [
    await drawing(1_600, 400).webp({ lossless: true }).toBuffer(),
    await drawing(320, 80).webp({ quality: 50 }).toBuffer(),
    await drawing(320, 80).png().toBuffer(),
    await photograph(640, 480).jpeg().toBuffer(),
  ]
  for (const bytes of sent) expect(bytes.includes(secret)).toBe(true)
  const drawn = await Promise.all(sent.map((bytes) => drawnAnew(bytes)))
  expect(drawn.map(({ type, width, height }) => [type, width, height])).toEqual([
    ['image/png', 704, 176],
    ['image/png', 320, 80],
    ['image/png', 320, 80],
    ['image/jpeg', 235, 176],
  ])
  for (const { bytes, type, width } of drawn) {
    expect(bytes.includes(secret)).toBe(false)
    expect(bytes.length).toBeLessThan(100 * 1024)
    const meta = await sharp(bytes).metadata()
    expect(meta).toMatchObject({ format: type.slice('image/'.length), width })
    expect(meta.exif).toBeUndefined()
  }
  // What was see-through still is.
  expect((await sharp(drawn[0]?.bytes).metadata()).hasAlpha).toBe(true)
})

test('a picture with a good beginning and end and nothing right between them is refused', async () => {
  const whole = await photograph(64, 64).png().toBuffer()
  const damaged = Buffer.concat([whole.subarray(0, 60), randomBytes(whole.length - 120), whole.subarray(-60)])
  await expect(drawnAnew(damaged)).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'logo' })
  const huge = await sharp({ create: { width: 4_001, height: 20, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  await expect(drawnAnew(huge)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(drawnAnew(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.padEnd(100)))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})
