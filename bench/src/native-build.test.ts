import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildAdvice, missingBuildTools, nativeBuildEnvironment } from './native-build.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'native-build-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function provide(...names: string[]): void {
  for (const name of names) writeFileSync(join(folder, name), '', { mode: 0o755 })
}

test('what a machine lacks is told by the names of its packages', () => {
  provide('make')
  expect(missingBuildTools(folder)).toEqual(['g++', 'python3'])
  provide('clang++', 'python')
  expect(missingBuildTools(folder)).toEqual([])
})

test('it is built from source where that can be done, and fetched elsewhere', () => {
  const env = { PATH: folder }
  expect(nativeBuildEnvironment(env)).not.toHaveProperty('npm_config_build_from_source')
  provide('make', 'g++', 'python3')
  expect(nativeBuildEnvironment(env)).toMatchObject({
    PATH: folder,
    CKJS_LINKING: 'dynamic',
    npm_config_build_from_source: 'true',
  })
})

test('headers beside the Node in use need not be fetched', () => {
  const node = join(folder, 'bin/node')
  expect(nativeBuildEnvironment({}, node)).not.toHaveProperty('npm_config_nodedir')
  mkdirSync(join(folder, 'include/node'), { recursive: true })
  writeFileSync(join(folder, 'include/node/node.h'), '')
  expect(nativeBuildEnvironment({}, node)).toMatchObject({ npm_config_nodedir: folder })
})

test('what somebody has set himself stays', () => {
  expect(nativeBuildEnvironment({ CKJS_LINKING: 'static' })).toMatchObject({
    CKJS_LINKING: 'static',
  })
})

test('the advice names what to install and how to try again', () => {
  expect(buildAdvice(['g++', 'make'], 'a/file')).toBe(
    'install g++, make (names of Debian), then remove a/file and start the bench again',
  )
  expect(buildAdvice([], 'a/file')).toMatch(/README.*remove a\/file/)
})
