/** Below it a value fits into 32 bits with its sign, and bits are quicker than division. */
const SMALL = 2 ** 30

/**
 * Writes a whole number as Avro and Kafka do, zigzag and seven bits a byte, and gives the place
 * behind it. In plain arithmetic where it is large: a distance of timestamps does not fit in 32
 * bits, yet always in a double.
 */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0 && value < SMALL) return writeBits(bytes, at, value << 1)
  let end = at
  let rest = zigzag(value)
  while (rest >= 0x80) {
    bytes[end++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[end++] = rest
  return end
}

function writeBits(bytes: Uint8Array, at: number, bits: number): number {
  let end = at
  let rest = bits
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[end++] = rest
  return end
}

/** How many bytes `writeVarint` takes for a value. */
export function sizeOfVarint(value: number): number {
  if (value >= 0 && value < 0x40) return 1
  if (value >= 0 && value < 0x2000) return 2
  let size = 1
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : value * -2 - 1
}
