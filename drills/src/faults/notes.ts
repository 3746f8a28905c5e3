import type { Arena } from '../drill.ts'

/** What a drill remembers from one injection to the next, for each run of it. */
export class Notes<T> {
  readonly #byArena = new WeakMap<Arena, T>()
  readonly #create: () => T

  constructor(create: () => T) {
    this.#create = create
  }

  /** What is remembered of this run. */
  of(arena: Arena): T {
    const known = this.#byArena.get(arena)
    if (known !== undefined) return known
    const fresh = this.#create()
    this.#byArena.set(arena, fresh)
    return fresh
  }
}

const turns = new Notes<Map<string, number>>(() => new Map())

/** Takes the choices one after the other, so that each has its turn; the seed has no part in it. */
export function takeInTurn<T>(arena: Arena, what: string, choices: readonly T[]): T {
  const turn = turns.of(arena).get(what) ?? 0
  turns.of(arena).set(what, turn + 1)
  const choice = choices[turn % choices.length]
  if (choice === undefined) throw new RangeError(`no ${what} to take`)
  return choice
}

/** Sentences about what was not as it must be; a drill gives them out in its `check`. */
export const complaints = new Notes<string[]>(() => [])

/** The `check` of a drill that has complained along the way. */
export async function giveComplaints(arena: Arena): Promise<string[]> {
  return complaints.of(arena)
}
