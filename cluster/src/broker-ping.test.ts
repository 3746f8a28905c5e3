import { expect, test } from 'vitest'
import { parseBrokerIds } from './broker-ping.ts'

test('reads the broker ids, with and without a rack', () => {
  const broker = (id: number, rack: string | null) => {
    const text = Buffer.from(`\0\x09localhost\0\0\x71\xa4`, 'latin1')
    const head = Buffer.from([0, 0, 0, id])
    const tail = rack === null ? [0xff, 0xff] : [0, rack.length, ...Buffer.from(rack)]
    return Buffer.concat([head, text, Buffer.from(tail)])
  }
  const count = Buffer.from([0, 0, 0, 3])
  const answer = [Buffer.alloc(8), count, broker(3, null), broker(1, 'a1'), broker(2, null)]
  expect(parseBrokerIds(Buffer.concat(answer))).toEqual([1, 2, 3])
})
