import { expect, test } from 'vitest'
import { chooseRedisBinary, parseRedisVersion } from './redis-launch.ts'

const FILES = [
  'redis-server-6.2.7-linux-arm64',
  'redis-server-6.2.6-v5-darwin-arm64',
  'redis-server-6.2.6-v5-linux-amd64',
]

test('the fetched binary fits the machine', () => {
  expect(chooseRedisBinary(FILES, 'linux', 'x64')).toBe('redis-server-6.2.6-v5-linux-amd64')
  expect(chooseRedisBinary(FILES, 'darwin', 'arm64')).toBe('redis-server-6.2.6-v5-darwin-arm64')
})

test('a machine that no binary fits is told so', () => {
  expect(chooseRedisBinary(FILES, 'linux', 's390x')).toBeNull()
})

test('reads the version of Redis and of Valkey', () => {
  expect(parseRedisVersion('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc')).toEqual([7, 0])
  expect(parseRedisVersion('Valkey server v=8.1.3 sha=00000000:0')).toEqual([8, 1])
  expect(parseRedisVersion('something else')).toBeNull()
})
