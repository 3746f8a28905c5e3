import { CONSUMER_FAULT_POINTS, parseFaultPlan } from '@orders/platform/fault-point'
import { checkOrder } from '@orders/schemas/order'
import { describe, expect, test } from 'vitest'
import { crashSetting, MESSAGE_MAX, planCrashes } from './crash-plan.ts'
import { readOptions } from './options.ts'
import { makeOrders } from './orders.ts'

describe('planCrashes', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planCrashes(7)).toEqual(planCrashes(7))
    expect(planCrashes(7)).not.toEqual(planCrashes(8))
  })

  test('has both moments equally often, so that every unsafe way is hurt', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const points = planCrashes(seed).map(({ point }) => point)
      expect(points.filter((point) => point === 'before-write')).toHaveLength(points.length / 2)
    }
  })

  test('never dies at the first message, nor beyond the limit', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      for (const { message } of planCrashes(seed)) {
        expect(message).toBeGreaterThan(1)
        expect(message).toBeLessThanOrEqual(MESSAGE_MAX)
      }
    }
  })

  test('is told to a service in its own words', () => {
    const crash = { point: 'after-write', message: 24 } as const
    expect(crashSetting(crash, 1)).toBe('after-write:24:kill')
    expect(crashSetting(crash, 10)).toBe('after-write:3:kill')
    expect(parseFaultPlan(crashSetting(crash, 10), CONSUMER_FAULT_POINTS)).not.toBeNull()
  })
})

describe('makeOrders', () => {
  test('makes valid orders with ids of their own, the same for the same seed', () => {
    const orders = makeOrders(3, 200, 1_700_000_000_000)
    expect(orders).toEqual(makeOrders(3, 200, 1_700_000_000_000))
    expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(200)
    for (const order of orders) expect(checkOrder(order)).toHaveProperty('order')
  })
})

describe('readOptions', () => {
  test('compares both halves unless told otherwise', () => {
    expect(readOptions(['--seed', '5'])).toEqual({
      seed: 5,
      kinds: ['consumers', 'producers'],
      jsonFile: null,
    })
    expect(readOptions(['--only', 'producers', '--json', 'a.json'])).toMatchObject({
      kinds: ['producers'],
      jsonFile: 'a.json',
    })
  })

  test.each([['--seed', 'x'], ['--seed', '4294967296'], ['--only', 'brokers'], ['more']])(
    'refuses %s %s with one line',
    (...args) => {
      expect(() => readOptions(args)).toThrow(/^.+; see --help$/)
    },
  )
})
