/** Below it whole numbers are divided fast; larger ones are written in pieces of so many digits. */
const PIECE = 1e8
const PIECE_DIGITS = 8
const ZERO = 0x30

/** The most digits that `writeDecimal` writes. */
export const DECIMAL_DIGITS_MAX = 16

/** Writes a whole number from 0 to 2^53 - 1 in decimal digits and gives the place behind it. */
export function writeDecimal(bytes: Uint8Array, at: number, value: number): number {
  if (value < PIECE) return writeDigits(bytes, at, value, countDigits(value))
  const high = Math.floor(value / PIECE)
  return writeDigits(bytes, writeDecimal(bytes, at, high), value - high * PIECE, PIECE_DIGITS)
}

function countDigits(value: number): number {
  let count = 1
  for (let power = 10; power <= value; power *= 10) count += 1
  return count
}

function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): number {
  let rest = value
  for (let place = at + count - 1; place >= at; place -= 1) {
    const higher = Math.trunc(rest / 10)
    bytes[place] = ZERO + rest - higher * 10
    rest = higher
  }
  return at + count
}
