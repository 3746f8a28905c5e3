import { expect, test } from 'vitest'
import { renderTask } from './output.ts'
import { renderReport } from './report.ts'
import { sampleResult, sampleRow, sampleTask } from './result.samples.ts'
import type { ServiceProfile } from './service-profile.ts'

const PROFILE: ServiceProfile = {
  who: 'producer',
  isMeasuredStretch: true,
  busyMs: 1_234,
  functions: [
    { name: 'send', file: 'producer/src/lane.ts', share: 0.25 },
    { name: 'rare', file: 'producer/src/lane.ts', share: 0.004 },
  ],
  areas: [
    { name: 'kafkajs', share: 0.6 },
    { name: 'avsc', share: 0.001 },
  ],
}
const TASK = sampleTask([sampleRow('producer', [1], { isOurs: true, profiles: [PROFILE] })])

test('each process has its functions and its areas, and what is small is left out', () => {
  const report = renderReport(sampleResult([TASK]))
  expect(report).toContain(
    'where the CPU time of producer goes (row producer): 1.23 s of its main thread in the measured stretch.',
  )
  expect(report).toContain('| kafkajs | 60.0 % |')
  expect(report).toContain('| send | 25.0 % | producer/src/lane.ts |')
  expect(report).not.toMatch(/rare|avsc \|/)
  expect(renderTask(TASK)).toMatch(/send.*25\.0 %.*producer\/src\/lane\.ts/)
})

test('a whole life is told as such', () => {
  const profiles = [{ ...PROFILE, isMeasuredStretch: false }]
  const task = sampleTask([sampleRow('producer', [1], { profiles })])
  expect(renderTask(task)).toContain('in its whole life')
})
