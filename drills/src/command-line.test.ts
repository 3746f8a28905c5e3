import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { loadOf, readCommandLine, timesOf } from './command-line.ts'

function plan(...args: string[]) {
  const read = readCommandLine(args)
  if (read === null) throw new Error('no plan')
  return read
}

test('a drill by its name, with all that can be said about it', () => {
  const read = plan('leader-kill', '--times', '5', '--seed', '7', '--rate', '50')
  expect(read).toMatchObject({ times: 5, seed: 7, tier: 'smoke', load: { ordersPerSecond: 50 } })
  expect(read.drills.map(({ name }) => name)).toEqual(['leader-kill'])
})

test('all is all of a tier, each once', () => {
  const { drills } = plan('all', 'leader-kill', '--tier', 'release')
  expect(drills).toEqual(catalogue.filter(({ injections }) => injections.release > 0))
})

test('what cannot be followed is one clear line', () => {
  expect(() => plan('nonsense')).toThrow(/there is no drill "nonsense", only: all, leader-kill/)
  expect(() => plan()).toThrow(/which drill/)
  expect(() => plan('all', '--tier', 'huge')).toThrow(/smoke, nightly, release/)
  expect(() => plan('all', '--times', '0')).toThrow(/whole number/)
  expect(() => plan('all', '--nonsense')).toThrow(/see --help/)
})

test('the list needs no names', () => {
  expect(plan('--list').isList).toBe(true)
})

test('a seed is made up where none is given', () => {
  expect(plan('healthy').seed).toBeGreaterThanOrEqual(0)
})

test('what is asked for goes before what a drill needs, and that before the tier', () => {
  const [drill] = catalogue
  if (!drill) throw new Error('no drills')
  const own = { ...drill, load: { members: 3, ordersPerSecond: 10 } }
  const load = { ordersPerSecond: 7 }
  expect(loadOf({ tier: 'release', load }, own)).toEqual({
    producers: 2,
    members: 3,
    ordersPerSecond: 7,
  })
  expect(timesOf({ tier: 'smoke', times: null }, drill)).toBe(drill.injections.smoke)
  expect(timesOf({ tier: 'smoke', times: 4 }, drill)).toBe(4)
})

test('names are unique, and every drill is in some tier', () => {
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length)
  for (const { injections } of catalogue) {
    expect(injections.smoke + injections.nightly + injections.release).toBeGreaterThan(0)
  }
})
