import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withLock } from './lock.ts'
import { readPartProcess, writePidFile } from './pid-file.ts'
import { runFolder } from './state-folder.ts'

const PID_MAX = 4_194_304

function createFolder() {
  const where = { directory: mkdtempSync(join(tmpdir(), 'cluster-')) }
  mkdirSync(runFolder(where))
  return where
}

test('a pid file whose process is gone is stale', () => {
  const where = createFolder()
  writePidFile(where, 'kafka-1', PID_MAX)
  expect(readPartProcess(where, 'kafka-1')).toMatchObject({ state: 'dead', pid: PID_MAX })
})

test('a process that took over the number of a part is not the part', () => {
  const where = createFolder()
  writePidFile(where, 'kafka-1', process.pid)
  expect(readPartProcess(where, 'kafka-1')).toMatchObject({ state: 'dead' })
})

test('two that start the same cluster never do it at the same time', async () => {
  const where = createFolder()
  await withLock(where, async () => {
    await expect(withLock(where, async () => 'in')).rejects.toThrow(`process ${process.pid}`)
  })
  await expect(withLock(where, async () => 'in')).resolves.toBe('in')
})

test('the lock of a process that is gone stops nobody', async () => {
  const where = createFolder()
  writeFileSync(join(runFolder(where), 'lock'), `${PID_MAX}\nnode cluster up\n`)
  await expect(withLock(where, async () => 'in')).resolves.toBe('in')
})
