import { expect, test } from 'vitest'
import { parseListeningInodes, parseLsof } from './port-owner.ts'

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
   1: 0100007F:18EB 0100007F:D3A2 01 00000000:00000000 00:00000000 00000000     0        0 4712 1
   2: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1
`

test('only the socket that listens on the port counts, not the connections to it', () => {
  expect(parseListeningInodes(TABLE, 6379)).toEqual(['4711'])
})

test('a port that nobody listens on has no socket', () => {
  expect(parseListeningInodes(TABLE, 54178)).toEqual([])
  expect(parseListeningInodes('', 6379)).toEqual([])
})

test('reads process id and name from lsof', () => {
  expect(parseLsof('p812\ncredis-server\nf6\n')).toEqual({ pid: 812, name: 'redis-server' })
  expect(parseLsof('')).toBeNull()
})
