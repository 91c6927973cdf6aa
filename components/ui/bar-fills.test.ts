import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

// What people see who lack one kind of cones (Machado, Oliveira and Fernandes 2009), as matrices over linear RGB.
const eyes = {
  everybody: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  'no red': [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  'no green': [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  'no blue': [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
}
type Three = readonly [number, number, number]

const css = readFileSync(path.join(import.meta.dirname, '../../app/globals.css'), 'utf8')
const palettes = { light: css.indexOf(':root,'), dark: css.indexOf('\n.dark,') }

const colorIn = (from: number, name: string): Three => {
  const hex = /#([0-9a-f]{6})/.exec(css.slice(css.indexOf(`--${name}:`, from)))?.[1] as string
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(0), part(2), part(4)]
}

const seen = (m: readonly number[], [r, g, b]: Three): Three => {
  const row = (at: number) => Math.min(1, Math.max(0, (m[at] ?? 0) * r + (m[at + 1] ?? 0) * g + (m[at + 2] ?? 0) * b))
  return [row(0), row(3), row(6)]
}

/** CIE Lab, in which distances are as people see them. */
const lab = ([r, g, b]: Three): Three => {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
  return [116 * y - 16, 500 * (x - y), 200 * (y - f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883))]
}

const brightness = ([r, g, b]: Three) => 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
const fills = ['fill-ok', 'fill-warn', 'fill-off', 'fill-bad']

describe.each(Object.entries(palettes))('the bars of charts, %s', (_, from) => {
  test.each(fills)('%s stands out from the card', (name) => {
    const [one, card] = [brightness(colorIn(from, name)), brightness(colorIn(from, 'panel'))]
    expect(Math.max(one, card) / Math.min(one, card)).toBeGreaterThanOrEqual(3)
  })

  test.each(Object.entries(eyes))('can be told apart by who sees: %s', (_name, eye) => {
    const all = fills.map((name) => [name, lab(seen(eye, colorIn(from, name)))] as const)
    for (const [a, one] of all)
      for (const [b, other] of all)
        if (a < b) expect(Math.hypot(...one.map((x, i) => x - (other[i] ?? 0))), `${a} and ${b}`).toBeGreaterThan(19)
  })
})
