import { expect, test } from 'vitest'

const peers = new URL('../peers/send-all.mjs', import.meta.url).href
const { recordsPerSend } = (await import(peers)) as {
  recordsPerSend(orderBytes: number): number
}

test('other clients send a thousand at a time, and of larger orders what brokers take', () => {
  expect([0, 287].map(recordsPerSend)).toEqual([1_000, 1_000])
  for (const bytes of [3_000, 30_000]) {
    // All of it may go to one partition.
    expect(recordsPerSend(bytes) * bytes).toBeLessThan(1024 * 1024 - 100_000)
    expect(recordsPerSend(bytes) * bytes).toBeGreaterThan(600_000)
  }
})
