/**
 * Writes a whole number as Avro and Kafka do, zigzag and seven bits a byte, and gives the place
 * behind it. In plain arithmetic: a distance of timestamps does not fit in 32 bits, yet always in a
 * double.
 */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at
  let rest = zigzag(value)
  while (rest >= 0x80) {
    bytes[end++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[end++] = rest
  return end
}

/** How many bytes `writeVarint` takes for a value. */
export function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : value * -2 - 1
}
