import { createHash } from 'node:crypto'

/** Numbers that look random and are the same again for the same seed. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number
  pick<T>(choices: readonly T[]): T
}

const RANGE = 2 ** 48

/** Makes the numbers of one injection: they depend on the seed, the drill and its turn only. */
export function createRandom(seed: number, drill: string, turn: number): Random {
  let drawn = 0
  const fraction = (): number => {
    drawn += 1
    const hash = createHash('sha256').update(`${seed}/${drill}/${turn}/${drawn}`).digest()
    return hash.readUIntBE(0, 6) / RANGE
  }
  const whole = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1))
  return {
    whole,
    pick: <T>(choices: readonly T[]): T => {
      const choice = choices[whole(0, choices.length - 1)]
      if (choice === undefined) throw new RangeError('nothing to pick from')
      return choice
    },
  }
}
