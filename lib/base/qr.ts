// QR codes (ISO/IEC 18004) of short texts: byte mode, error correction M, versions 1 to 10. Enough for keys and addresses.

/** Blocks and error correction of each version at level M: codewords for correction in a block, then [blocks, data codewords] once or twice. */
const VERSIONS: [number, ...[number, number][]][] = [
  [10, [1, 16]],
  [16, [1, 28]],
  [26, [1, 44]],
  [18, [2, 32]],
  [24, [2, 43]],
  [16, [4, 27]],
  [18, [4, 31]],
  [22, [2, 38], [2, 39]],
  [22, [3, 36], [2, 37]],
  [26, [4, 43], [1, 44]],
]

/** Where the middles of alignment patterns are. */
const ALIGNED: number[][] = [
  ...[[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34]],
  ...[
    [6, 22, 38],
    [6, 24, 42],
    [6, 26, 46],
    [6, 28, 50],
  ],
]

// ---------------------------------------------------------------- Reed-Solomon over GF(256) with 0x11d

const EXP = new Uint8Array(512)
const LOG = new Uint8Array(256)
for (let i = 0, x = 1; i < 255; i++) {
  EXP[i] = x
  EXP[i + 255] = x
  LOG[x] = i
  x = (x << 1) ^ (x & 0x80 ? 0x11d : 0)
}
const times = (a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : (EXP[(LOG[a] as number) + (LOG[b] as number)] as number)

function generator(length: number): number[] {
  let poly = [1]
  for (let i = 0; i < length; i++) {
    const root = EXP[i] as number
    poly = [...poly, 0].map((part, at) => part ^ times(poly[at - 1] ?? 0, root))
  }
  return poly
}

function correction(data: readonly number[], length: number): number[] {
  const poly = generator(length)
  const rest = [...data, ...new Array<number>(length).fill(0)]
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i] as number
    if (factor === 0) continue
    for (let j = 0; j < poly.length; j++) rest[i + j] = (rest[i + j] as number) ^ times(poly[j] as number, factor)
  }
  return rest.slice(data.length)
}

// ---------------------------------------------------------------- codewords

const dataLength = (version: number): number =>
  (VERSIONS[version - 1] ?? [0]).slice(1).reduce<number>((sum, group) => {
    const [blocks, each] = group as [number, number]
    return sum + blocks * each
  }, 0)

function codewords(bytes: Uint8Array, version: number): number[] {
  const length = dataLength(version)
  const bits: number[] = []
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  put(0b0100, 4)
  put(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) put(byte, 8)
  put(0, Math.min(4, length * 8 - bits.length))
  put(0, (8 - (bits.length % 8)) % 8)
  const data: number[] = []
  for (let i = 0; i < bits.length; i += 8) data.push(Number.parseInt(bits.slice(i, i + 8).join(''), 2))
  for (let pad = 0xec; data.length < length; pad ^= 0xec ^ 0x11) data.push(pad)
  const [correcting, ...groups] = VERSIONS[version - 1] as [number, ...[number, number][]]
  const blocks: number[][] = []
  let at = 0
  for (const [count, size] of groups) for (let i = 0; i < count; i++, at += size) blocks.push(data.slice(at, at + size))
  const corrections = blocks.map((block) => correction(block, correcting))
  const woven = (parts: number[][]) =>
    Array.from({ length: Math.max(...parts.map((part) => part.length)) }, (_, i) =>
      parts.flatMap((part) => part[i] ?? []),
    ).flat()
  return [...woven(blocks), ...woven(corrections)]
}

// ---------------------------------------------------------------- modules

type Grid = { dark: boolean[][]; fixed: boolean[][] }

function emptyGrid(version: number): Grid {
  const size = 17 + 4 * version
  const make = () => Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  const grid = { dark: make(), fixed: make() }
  const set = (row: number, column: number, dark: boolean) => {
    if (row < 0 || column < 0 || row >= size || column >= size) return
    ;(grid.dark[row] as boolean[])[column] = dark
    ;(grid.fixed[row] as boolean[])[column] = true
  }
  const square = (row: number, column: number, reach: number, isDark: (ring: number) => boolean) => {
    for (let y = -reach; y <= reach; y++)
      for (let x = -reach; x <= reach; x++) set(row + y, column + x, isDark(Math.max(Math.abs(x), Math.abs(y))))
  }
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [row, column] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const)
    square(row, column, 4, (ring) => ring !== 2 && ring !== 4)
  const middles = ALIGNED[version - 1] ?? []
  for (const row of middles)
    for (const column of middles) {
      const isCorner =
        (row === 6 && column === 6) || (row === 6 && column === size - 7) || (row === size - 7 && column === 6)
      if (!isCorner) square(row, column, 2, (ring) => ring !== 1)
    }
  // Kept for the format; what it says is written with the mask.
  for (let i = 0; i < 9; i++) {
    if (i !== 6) {
      set(8, i, false)
      set(i, 8, false)
    }
    if (i < 8) {
      set(8, size - 1 - i, false)
      set(size - 1 - i, 8, false)
    }
  }
  set(size - 8, 8, true)
  if (version >= 7) {
    const bits = (version << 12) | remainder(version, 12, 0x1f25)
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >> i) & 1) === 1
      set(Math.floor(i / 3), size - 11 + (i % 3), dark)
      set(size - 11 + (i % 3), Math.floor(i / 3), dark)
    }
  }
  return grid
}

function remainder(value: number, shift: number, poly: number): number {
  const width = Math.floor(Math.log2(poly))
  let rest = value << shift
  for (let i = Math.floor(Math.log2(Math.max(1, rest))); i >= width; i--)
    if ((rest >> i) & 1) rest ^= poly << (i - width)
  return rest
}

const MASKS: ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
]

function withData({ dark, fixed }: Grid, data: readonly number[], mask: number): boolean[][] {
  const size = dark.length
  const out = dark.map((row) => [...row])
  const isFlipped = MASKS[mask] as (typeof MASKS)[number]
  let bit = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let i = 0; i < size; i++) {
      const row = ((right + 1) & 2) === 0 ? size - 1 - i : i
      for (const column of [right, right - 1]) {
        if (fixed[row]?.[column]) continue
        const value = (((data[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
        bit++
        ;(out[row] as boolean[])[column] = value !== isFlipped(row, column)
      }
    }
  }
  // Level M is 00.
  const format = ((mask << 10) | remainder(mask, 10, 0x537)) ^ 0x5412
  const at = (i: number) => ((format >> i) & 1) === 1
  const set = (row: number, column: number, value: boolean) => {
    ;(out[row] as boolean[])[column] = value
  }
  for (let i = 0; i < 15; i++) {
    if (i < 6) set(i, 8, at(i))
    else if (i < 8) set(i + 1, 8, at(i))
    else if (i === 8) set(8, 7, at(i))
    else set(8, 14 - i, at(i))
    if (i < 8) set(8, size - 1 - i, at(i))
    else set(size - 15 + i, 8, at(i))
  }
  return out
}

function penalty(grid: boolean[][]): number {
  const size = grid.length
  const lines = [...grid, ...grid.map((_, c) => grid.map((row) => row[c] as boolean))]
  let sum = 0
  for (const line of lines) {
    const text = line.map(Number).join('')
    for (const run of text.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2
    for (let i = 0; i + 11 <= size; i++) if (/^(10111010000|00001011101)$/.test(text.slice(i, i + 11))) sum += 40
  }
  for (let r = 0; r + 1 < size; r++)
    for (let c = 0; c + 1 < size; c++)
      if (
        grid[r]?.[c] === grid[r]?.[c + 1] &&
        grid[r]?.[c] === grid[r + 1]?.[c] &&
        grid[r]?.[c] === grid[r + 1]?.[c + 1]
      )
        sum += 3
  const share = grid.flat().filter(Boolean).length / (size * size)
  return sum + Math.floor(Math.abs(share * 20 - 10)) * 10
}

/** The modules of a QR code, row by row, true where they are dark; null for a text that is too long. */
export function qrOf(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text)
  const version = VERSIONS.findIndex((_, i) => bytes.length <= dataLength(i + 1) - (i + 1 < 10 ? 2 : 3)) + 1
  if (version === 0) return null
  const data = codewords(bytes, version)
  const grid = emptyGrid(version)
  const drawn = MASKS.map((_, mask) => withData(grid, data, mask))
  return drawn.reduce((best, each) => (penalty(each) < penalty(best) ? each : best))
}

/** The same as the path of a picture: one square for each dark module. */
export const qrPath = (modules: boolean[][]): string =>
  modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('')
