// Unicode's format characters, variation selectors and other code points that show nothing, and the blank of braille.
export const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** The text without characters that cannot be seen (joiners, marks of direction, variation selectors, fillers, a byte order mark). */
export const withoutInvisible = (text: string): string => text.replace(INVISIBLE, '')

// What firmware, drivers and careless programs say instead of an id; many machines say the same.
const PLACEHOLDERS = new Set(
  [
    ...[
      'default string',
      'default',
      'to be filled by o.e.m.',
      'to be filled by oem',
      'o.e.m.',
      'oem',
      'n/a',
      'na',
      'none',
    ],
    ...[
      'null',
      '(null)',
      'nil',
      'undefined',
      'nan',
      'unknown',
      'not specified',
      'not available',
      'not applicable',
      'not set',
    ],
    ...['system serial number', 'system product name', 'system manufacturer', 'system version', 'system uuid'],
    ...[
      'base board serial number',
      'baseboard serial number',
      'chassis serial number',
      'serial number',
      'serial',
      'sernum',
    ],
    ...['product name', 'manufacturer', 'invalid', 'empty', 'error', 'false', 'uninitialized', 'no serial'],
    ...['not present', 'not settable', 'not defined', 'not provided', 'invalid serial number', 'asset-1234567890'],
    ...['[object object]', 'no asset tag', 'no asset information'],
    ...['03000200040005000006000700080009', '123456789', '1234567890', '0123456789', '12345678', 'filled by oem'],
  ].map(plainWords),
)

function plainWords(text: string): string {
  return text.toLowerCase().replace(/[\s_.:/()[\]{}<>"'`-]/g, '')
}

// Addresses of Android's and Windows' stand-ins: the same on every machine that has no real one.
const STAND_INS = new Set(['020000000000', '9774d56d682e549c'])

/** True for a fingerprint that says nothing of a device: `Default string`, `None`, nothing but zeros or Fs, an empty UUID. */
export function isPlaceholder(fingerprint: string): boolean {
  const plain = plainWords(withoutInvisible(fingerprint).normalize('NFKC'))
  if (plain === '' || PLACEHOLDERS.has(plain) || STAND_INS.has(plain)) return true
  // One character over and over: no hash, serial number or address is.
  return /^(?:0x)?(?:0+|f{4,})$|^x{3,}$|^(\d)\1{5,}$/.test(plain)
}
