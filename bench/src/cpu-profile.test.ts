import { expect, test } from 'vitest'
import { sumProfile, type CpuProfile } from './cpu-profile.ts'

const ROOT = '/home/a b/orders/'
const LIBRARY = 'file:///home/a%20b/orders/node_modules/kafkajs/src/protocol/encoder.js'

/** One node after the other, each at work for so many µs. */
function profileOf(
  ...parts: [name: string, url: string, us: number, scriptId?: string][]
): CpuProfile {
  const nodes = parts.map(([functionName, url, , scriptId = '0'], id) => {
    return { id, callFrame: { functionName, url, scriptId } }
  })
  const times = parts.map(([, , us]) => us)
  const startTime = 1_000
  return {
    nodes,
    startTime,
    endTime: startTime + times.reduce((sum, us) => sum + us, 0),
    samples: parts.map((_, id) => id),
    timeDeltas: [0, ...times.slice(0, -1)],
  }
}

function areasOf(profile: CpuProfile): [string, number][] {
  return sumProfile(profile, ROOT).areas.map(({ name, share }) => [name, share])
}

test('what was at work at a sample was so until the next one, waiting is left out', () => {
  const profile = profileOf(
    ['send', 'file:///home/a%20b/orders/producer/src/lane.ts', 3_000],
    ['(idle)', '', 90_000],
    ['encode', LIBRARY, 1_000],
    ['(root)', '', 50],
  )
  expect(sumProfile(profile, ROOT)).toMatchObject({
    busyMs: 4,
    functions: [
      { name: 'send', file: 'producer/src/lane.ts', share: 0.75 },
      { name: 'encode', file: 'kafkajs/src/protocol/encoder.js', share: 0.25 },
    ],
  })
})

test('our code by folder, libraries by name, and what is neither', () => {
  const profile = profileOf(
    ['a', 'file:///home/a%20b/orders/platform/src/kafka/fast-produce/write.ts', 1],
    ['b', 'file:///home/a%20b/orders/platform/src/ledger.ts', 2],
    ['c', LIBRARY, 3],
    ['d', 'file:///x/node_modules/tsx/node_modules/@a/b/index.js', 4],
    ['e', 'node:net', 5],
    ['fdatasync', '', 6],
    ['readOrder', '', 3, '77'],
    ['utf8Write', '', 7],
    ['(garbage collector)', '', 8],
    ['(program)', '', 11],
  )
  expect(areasOf(profile)).toEqual([
    ['outside JavaScript: kernel, libuv, compiler', 0.22],
    ['garbage collector', 0.16],
    ['node itself in C++', 0.14],
    ['system calls: write, fdatasync, …', 0.12],
    ['node itself', 0.1],
    ['@a/b', 0.08],
    ['kafkajs', 0.06],
    ['code made while it runs: decoders of avsc', 0.06],
    ['platform/src', 0.04],
    ['platform/src/kafka/fast-produce', 0.02],
  ])
})

test('a function that stands in the tree several times is one line', () => {
  const url = 'file:///home/a%20b/orders/producer/src/lane.ts'
  const profile = profileOf(['send', url, 1], ['send', url, 2], ['', url, 1])
  expect(sumProfile(profile, ROOT).functions).toEqual([
    { name: 'send', file: 'producer/src/lane.ts', share: 0.75 },
    { name: '(anonymous)', file: 'producer/src/lane.ts', share: 0.25 },
  ])
})

test('only a stretch of it', () => {
  const profile = profileOf(['start', LIBRARY, 100], ['work', LIBRARY, 100], ['end', LIBRARY, 100])
  const { busyMs, functions } = sumProfile(profile, ROOT, { fromUs: 1_090, toUs: 1_200 })
  expect(busyMs).toBeCloseTo(0.11)
  expect(functions.map(({ name }) => name)).toEqual(['work', 'start'])
})

test('of many functions the first fifteen', () => {
  const many = Array.from({ length: 40 }, (_, at): [string, string, number] => [
    `f${at}`,
    LIBRARY,
    at + 1,
  ])
  const { functions } = sumProfile(profileOf(...many), ROOT)
  expect(functions).toHaveLength(15)
  expect(functions[0]?.name).toBe('f39')
})
