import '#server-only'
import { Refusal } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { readLogo } from './logo.ts'

/** What is kept of a picture, and goes with every mail: PNG or JPEG, which every mail program draws. */
export type Logo = { bytes: Buffer; type: 'image/png' | 'image/jpeg'; width: number; height: number }

// Four times as large as it is drawn, for fine screens.
const WIDTH = 880
const HEIGHT = 176
/** A larger PNG is a photograph, which is smaller as JPEG. */
const PNG_MAX = 60 * 1024
const PIXELS_MAX = 2_000 * 2_000

/**
 * Draws a picture anew: what hides in a file beside its pixels (places, programs, comments) does not come along, and nothing that mail
 * programs read is as somebody sent it.
 */
export function drawnAnew(sent: Uint8Array): Promise<Logo> {
  const drawn = before.then(() => draw(sent))
  before = drawn.catch(() => {})
  return drawn
}

// One at a time: drawing takes its threads from those who check passwords.
let before: Promise<unknown> = Promise.resolve()

async function draw(sent: Uint8Array): Promise<Logo> {
  const read = readLogo(sent)
  if ('why' in read) throw new Refusal('INVALID_INPUT', read.why, 'logo')
  // Loaded at first use: it takes a while, and hardly any process needs it.
  const { default: sharp } = await import('sharp')
  try {
    const picture = sharp(sent, { limitInputPixels: PIXELS_MAX, failOn: 'error', pages: 1 })
      .autoOrient()
      .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
    const whole = { resolveWithObject: true } as const
    const png = await picture.clone().png({ compressionLevel: 9 }).toBuffer(whole)
    if (png.info.size <= PNG_MAX) return logoOf('image/png', png)
    // JPEG knows nothing see-through.
    const { isOpaque } = await picture.clone().stats()
    if (isOpaque) return logoOf('image/jpeg', await picture.jpeg({ quality: 85 }).toBuffer(whole))
    return logoOf('image/png', await picture.png({ compressionLevel: 9, palette: true }).toBuffer(whole))
  } catch (error) {
    log.info({ reason: error instanceof Error ? error.message : '' }, 'a logo could not be drawn')
    throw new Refusal('INVALID_INPUT', 'This picture is damaged. Choose another one.', 'logo')
  }
}

const logoOf = (
  type: Logo['type'],
  { data, info }: { data: Buffer; info: { width: number; height: number } },
): Logo => ({ bytes: data, type, width: info.width, height: info.height })
