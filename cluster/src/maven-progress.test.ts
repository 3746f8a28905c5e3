import { expect, test } from 'vitest'
import { countMavenLine, explainMavenFailure, NO_PROGRESS } from './maven-progress.ts'

test('counts files and megabytes, and names the file that is coming', () => {
  const lines = [
    '[INFO] Scanning for projects...',
    '[INFO] Downloading from central: https://repo/a/kafka-clients-4.3.1.jar',
    '[INFO] Downloaded from central: https://repo/a/kafka-clients-4.3.1.jar (9.5 MB at 38 MB/s)',
    '[INFO] Downloaded from central: https://repo/a/b.pom (500 kB at 1.0 MB/s)',
    'Progress (1): 4.1/7.4 MB',
    '[INFO] Downloading from mirror: https://repo/a/c.jar',
  ]
  expect(lines.reduce(countMavenLine, NO_PROGRESS)).toEqual({
    files: 2,
    megabytes: 10,
    current: 'c.jar',
  })
})

test('a failure is told as the artifact and the reason', () => {
  const output = [
    '[INFO] BUILD FAILURE',
    '[ERROR] Failed to execute goal org.x:y:3.10.0:unpack (registry) on project cluster: ' +
      'Unable to find/resolve artifact: Could not transfer artifact a:b:jar:1 from/to central ' +
      '(https://repo): Connection refused -> [Help 1]',
    '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.',
  ].join('\n')
  expect(explainMavenFailure(output)).toBe(
    'Could not transfer artifact a:b:jar:1 from/to central (https://repo): Connection refused',
  )
})

test('a Maven that does not even start is told by its last line', () => {
  expect(explainMavenFailure('wget: unable to resolve host address\n')).toBe(
    'wget: unable to resolve host address',
  )
  expect(explainMavenFailure('')).toBe('it wrote nothing')
})
