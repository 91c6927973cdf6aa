// Colors of mails. Merchants choose one, and whatever it is, what stands on it can be read and it can be seen (WCAG 2.2, 1.4.3 and 1.4.11).

type Rgb = [number, number, number]

const rgbOf = (color: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as Rgb
const hexOf = (rgb: Rgb): string => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

function luminance(color: string): number {
  const [r, g, b] = rgbOf(color).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** How far two colors stand apart: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Text that can be read on a color, whichever it is: of black and white one always stands apart by more than 4.5. */
export const textOn = (color: string): '#ffffff' | '#000000' =>
  contrast(color, '#ffffff') >= 4.5 ? '#ffffff' : '#000000'

const SEEN = 3

/** The color, moved toward black or white just so far that it can be seen on that ground. */
export function seenOn(color: string, ground: string): string {
  const toward: Rgb = luminance(ground) > 0.5 ? [0, 0, 0] : [255, 255, 255]
  for (let share = 0; share < 1; share += 0.05) {
    const moved = hexOf(rgbOf(color).map((part, i) => part + ((toward[i] ?? 0) - part) * share) as Rgb)
    if (contrast(moved, ground) >= SEEN) return moved
  }
  return hexOf(toward)
}
