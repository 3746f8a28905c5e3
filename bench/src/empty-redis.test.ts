import { expect, test } from 'vitest'
import { pendingObjects } from './empty-redis.ts'

test('what Redis has still to free is read from what it says of its memory', () => {
  const info =
    'mem_not_counted_for_evict:0\r\nlazyfree_pending_objects:12\r\nlazyfreed_objects:7\r\n'
  expect(pendingObjects(info)).toBe(12)
  expect(pendingObjects('used_memory:1\r\n')).toBeNull()
})
