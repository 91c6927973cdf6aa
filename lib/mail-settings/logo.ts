// A logo is read by its first bytes, whatever it is called: PNG (RFC 2083), JPEG (ITU T.81) and WebP (RFC 9649) are pictures and nothing else.
// SVG is left out
// because it can hold programs, and because mail programs do not draw it.

/** So large a file may be that a logo is made of. */
export const LOGO_BYTES_MAX = 800 * 1024
const SIDE_MAX = 2_000
const SIDE_MIN = 16

/** What a picture is by its first bytes. */
export type Picture = { type: 'image/png' | 'image/jpeg' | 'image/webp'; width: number; height: number }

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** What a file is, or why it cannot be a logo. */
export function readLogo(bytes: Uint8Array): Picture | { why: string } {
  if (bytes.length > LOGO_BYTES_MAX) return { why: `Use a picture of at most ${LOGO_BYTES_MAX / 1024} KB.` }
  const logo = pngOf(bytes) ?? jpegOf(bytes) ?? webpOf(bytes)
  if (!logo) return { why: 'Choose a PNG, JPEG or WebP picture.' }
  const sides = [logo.width, logo.height]
  if (sides.some((side) => side < SIDE_MIN || side > SIDE_MAX))
    return { why: `Use a picture of ${SIDE_MIN} to ${SIDE_MAX.toLocaleString('en')} pixels a side.` }
  return logo
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function pngOf(bytes: Uint8Array): Picture | null {
  if (bytes.length < 45 || PNG.some((byte, i) => bytes[i] !== byte)) return null
  const data = view(bytes)
  const isHeader = data.getUint32(8) === 13 && data.getUint32(12) === 0x49484452
  // It ends with an empty IEND: nothing hides behind the picture.
  const isWhole = data.getUint32(bytes.length - 12) === 0 && data.getUint32(bytes.length - 8) === 0x49454e44
  return isHeader && isWhole ? { type: 'image/png', width: data.getUint32(16), height: data.getUint32(20) } : null
}

// Start of frame, with the size of the picture: all of C0 to CF but tables and extensions.
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

function jpegOf(bytes: Uint8Array): Picture | null {
  if (bytes.length < 20 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return null
  if (bytes[bytes.length - 2] !== 0xff || bytes[bytes.length - 1] !== 0xd9) return null
  const data = view(bytes)
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) at++
    else if (isFrame(marker))
      return { type: 'image/jpeg', height: data.getUint16(at + 5), width: data.getUint16(at + 7) }
    else at += 2 + data.getUint16(at + 2)
  }
  return null
}

function webpOf(bytes: Uint8Array): Picture | null {
  if (bytes.length < 30) return null
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  const data = view(bytes)
  // Its length is that of the file: nothing hides behind the picture.
  if (word(0) !== 'RIFF' || word(8) !== 'WEBP' || data.getUint32(4, true) !== bytes.length - 8) return null
  const kind = word(12)
  const size = (width: number, height: number): Picture => ({ type: 'image/webp', width, height })
  if (kind === 'VP8 ') return size(data.getUint16(26, true) & 0x3fff, data.getUint16(28, true) & 0x3fff)
  if (kind === 'VP8X') return size((data.getUint32(23, true) >>> 8) + 1, (data.getUint32(26, true) >>> 8) + 1)
  if (kind !== 'VP8L') return null
  const both = data.getUint32(21, true)
  return size((both & 0x3fff) + 1, ((both >>> 14) & 0x3fff) + 1)
}

/** How large it is drawn: as high as a line of a letterhead, and never wider than a phone shows. */
export function shownSize({ width, height }: Pick<Picture, 'width' | 'height'>): { width: number; height: number } {
  const scale = Math.min(1, 44 / height, 220 / width)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
