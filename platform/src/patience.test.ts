import { describe, expect, test } from 'vitest'
import { Stopped, untilBack, type Patience } from './patience.ts'
import { UserError } from './user-error.ts'

function patience(overrides: Partial<Patience> = {}): Patience {
  return {
    what: 'the moon',
    advice: 'wait for the night',
    limitMs: 5_000,
    signal: new AbortController().signal,
    isAway: () => true,
    onWait: () => undefined,
    ...overrides,
  }
}

/** Fails so often, then works. */
function failing(times: number): () => Promise<string> {
  let tries = 0
  return async () => {
    tries += 1
    if (tries <= times) throw new Error(`try ${tries}`)
    return `worked at try ${tries}`
  }
}

describe('untilBack', () => {
  test('tries again until it works, and beats between the tries', async () => {
    let beats = 0
    const beat = async (): Promise<void> => void (beats += 1)
    expect(await untilBack(patience({ beat }), failing(2))).toBe('worked at try 3')
    expect(beats).toBe(2)
  })

  test('throws at once what does not mean «away»', async () => {
    const bug = new TypeError('a bug')
    const attempt = async (): Promise<never> => {
      throw bug
    }
    await expect(untilBack(patience({ isAway: () => false }), attempt)).rejects.toBe(bug)
  })

  test('gives up at the limit with what, why and what to do', async () => {
    const attempt = failing(Infinity)
    const wait = untilBack(patience({ limitMs: 50 }), attempt)
    await expect(wait).rejects.toThrow(/the moon is away since .* \(try \d+\): wait for the night/)
    await expect(wait).rejects.toBeInstanceOf(UserError)
  })

  test('finishes what is in hand although it is stopping', async () => {
    const signal = AbortSignal.abort()
    expect(await untilBack(patience({ signal }), failing(0))).toBe('worked at try 1')
    await expect(untilBack(patience({ signal }), failing(1))).rejects.toBeInstanceOf(Stopped)
  })

  test('lets the error of a heartbeat go up', async () => {
    const rebalance = new Error('rebalance')
    const beat = async (): Promise<never> => {
      throw rebalance
    }
    await expect(untilBack(patience({ beat }), failing(5))).rejects.toBe(rebalance)
  })

  test('says that it waits, and when it is over', async () => {
    const said: string[] = []
    const say = (line: string): void => void said.push(line)
    await untilBack(patience({ onWait: say, onBack: say }), failing(4))
    expect(said).toEqual([
      expect.stringMatching(/^waiting for the moon: try \d$/),
      expect.stringMatching(/^the moon is back after /),
    ])
  })
})
