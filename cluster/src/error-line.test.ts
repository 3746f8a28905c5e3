import { expect, test } from 'vitest'
import { findErrorLine } from './error-line.ts'

test('the exception below the last error is told with it', () => {
  const log = [
    '[10:00] ERROR earlier trouble (kafka.Kafka$)',
    '[10:01] INFO fine',
    '[10:02] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)',
    'java.lang.RuntimeException: No readable meta.properties',
    '\tat kafka.Kafka.main(Kafka.scala)',
    'Caused by: java.io.IOException: no space',
    '[10:03] INFO bye',
  ].join('\n')
  expect(findErrorLine(log)).toBe(
    '[10:02] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$): ' +
      'Caused by: java.io.IOException: no space',
  )
})

test('what fails during the shutdown does not hide what caused it', () => {
  const log = 'ERROR Encountered fatal fault: wrong cluster id\nERROR shutdown timed out\n'
  expect(findErrorLine(log)).toBe('ERROR Encountered fatal fault: wrong cluster id')
})

test('without an error the last line is told', () => {
  expect(findErrorLine('one\ntwo\n\n')).toBe('two')
  expect(findErrorLine('Error: Unable to access jarfile x.jar')).toBe(
    'Error: Unable to access jarfile x.jar',
  )
})

test('an empty log says nothing', () => {
  expect(findErrorLine('')).toBeNull()
})
