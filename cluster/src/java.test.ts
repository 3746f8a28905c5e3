import { expect, test } from 'vitest'
import { findJava, parseJavaMajor } from './java.ts'

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['openjdk version "25-ea" 2025-09-16', 25],
  ['java version "1.8.0_292"', 8],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "11.0.2" 2019-01-15', 11],
])('reads the major version from %j', (text, major) => {
  expect(parseJavaMajor(text)).toBe(major)
})

test('says null for what is no Java version', () => {
  expect(parseJavaMajor('Unable to locate a Java Runtime.')).toBeNull()
})

test('no Java at all is one line that says what to do', () => {
  const nothing = { javaHome: null, searchPath: '/nonexistent' }
  expect(() => findJava(nothing)).toThrow('there is no java on PATH: install Java 17 or newer')
  expect(() => findJava({ ...nothing, javaHome: '/nonexistent' })).toThrow('JAVA_HOME=/nonexistent')
})
