import { expect, test } from 'vitest'
import { parseCpuSeconds, parsePeakMemoryMb } from './process-usage.ts'

const STAT =
  '4711 (node (a) b) S 1 4711 4711 0 -1 4194560 20 0 0 0 123 45 7 8 20 0 11 0 99 1 2 184 0\n'

test('adds user and system time, whatever the program is called', () => {
  expect(parseCpuSeconds(STAT)).toBe(1.68)
})

test('what is no stat line is not known', () => {
  expect(parseCpuSeconds('')).toBeNull()
  expect(parseCpuSeconds('4711 (node) S 1')).toBeNull()
})

test('reads the peak of the memory, not what is held now', () => {
  const status = 'Name:\tnode\nVmPeak:\t 9999 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  1024 kB\n'
  expect(parsePeakMemoryMb(status)).toBe(200)
  expect(parsePeakMemoryMb('Name:\tkthreadd\n')).toBeNull()
})
