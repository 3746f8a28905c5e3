/** A source of whole numbers: `below(n)` gives one from 0 to n - 1. */
export interface Random {
  below(limit: number): number
}

/**
 * A small seeded generator (a counter, mixed) for one place of a sequence: the same seed and index
 * give the same numbers on every machine, and neighbouring indexes give unlike ones.
 */
export function createRandom(seed: number, index: number): Random {
  let state = mix(mix(seed) ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.floor(index / 2 ** 32))
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) | 0
      return Math.floor((mix(state) / 2 ** 32) * limit)
    },
  }
}

// The finalizer of murmur3: each bit of the input changes about half the bits of the output.
function mix(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
