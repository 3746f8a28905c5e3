import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'

const SERVICE = new URL('./service.ts', import.meta.url).href
const LOGGER = new URL('./logger.ts', import.meta.url).href
const USER_ERROR = new URL('./user-error.ts', import.meta.url).href

/** Runs a process whose service is started by this code; `sendAt` is the line that a signal answers. */
async function run(
  start: string,
  signals: (NodeJS.Signals | 'no reader')[] = [],
  shutdownTimeoutMs = 3_000,
) {
  const code = `
    import { runService } from '${SERVICE}'
    import { createLogger } from '${LOGGER}'
    import { UserError } from '${USER_ERROR}'
    const log = createLogger({ name: 'test', level: 'info', format: 'pretty' })
    const stay = setInterval(() => {}, 1_000)
    await runService({ log, shutdownTimeoutMs: ${shutdownTimeoutMs} }, async (service) => {
      service.defer('timer', () => clearInterval(stay))
      ${start}
      log.info('ready')
    })`
  const args = ['--import', import.meta.resolve('tsx/esm'), '--input-type=module', '-e', code]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let sent = false
  const onData = (chunk: Buffer): void => {
    output += String(chunk)
    if (!output.includes('ready') || sent) return
    sent = true
    for (const signal of signals) {
      if (signal === 'no reader') child.stdout.destroy()
      else child.kill(signal)
    }
  }
  child.stdout.on('data', onData)
  child.stderr.on('data', onData)
  const code$ = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code: code$, output }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'ends with 0 after %s, releasing backwards',
  async (signal) => {
    const { code, output } = await run(
      `service.defer('first', () => log.info('released first'))
     service.defer('second', async () => log.info('released second'))`,
      [signal],
    )
    expect(code, output).toBe(0)
    expect(output).toMatch(/released second[\s\S]*released first/)
  },
)

test('ends with 0 when its work is done', async () => {
  expect(await run('service.end()')).toMatchObject({ code: 0 })
})

test('a mistake of the user is one line, exit code 1, and everything is released', async () => {
  const { code, output } = await run(
    `service.defer('x', () => log.info('released x'))
     throw new UserError('no such port: set PORT')`,
  )
  expect(code).toBe(1)
  expect(output).toMatch(/no such port: set PORT\n/)
  expect(output).toMatch(/released x/)
  expect(output).not.toMatch(/ {4}at /)
})

test.each([
  ['a bug at the start', `throw new TypeError('oops')`],
  ['a failure after the start', `setTimeout(() => service.fail(new TypeError('oops')), 10)`],
  ['a promise that nobody waits for', `void Promise.reject(new TypeError('oops'))`],
])('%s ends it with 1 and shows where', async (_what, start) => {
  const { code, output } = await run(start)
  expect(code, output).toBe(1)
  expect(output).toMatch(/TypeError: oops\n\s+at /)
})

test('a release that fails does not keep the others from being released', async () => {
  const { code, output } = await run(
    `service.defer('good', () => log.info('released good'))
     service.defer('bad', () => { throw new Error('stuck') })`,
    ['SIGTERM'],
  )
  expect(code).toBe(1)
  expect(output).toMatch(/could not release bad[\s\S]*released good/)
})

test('a release that hangs ends it with 1 at the limit', async () => {
  const hang = `service.defer('hanging', () => new Promise(() => {}))`
  const { code, output } = await run(hang, ['SIGTERM'], 300)
  expect(code).toBe(1)
  expect(output).toMatch(/shutdown took longer than SHUTDOWN_TIMEOUT_MS=300/)
})

test('without a reader of its log it ends with 1, and everything is released', async () => {
  const { code, output } = await run(
    `const ticks = setInterval(() => log.info('tick'), 10)
     service.defer('ticks', () => { clearInterval(ticks); process.stderr.write('released') })`,
    ['no reader'],
  )
  expect(code, output).toBe(1)
  expect(output).toMatch(/released$/)
})

test('what is left open after a clean stop is told and does not keep it alive', async () => {
  const { code, output } = await run('setInterval(() => {}, 1_000)', ['SIGTERM'])
  expect(code).toBe(0)
  expect(output).toMatch(/still open after shutdown: .*Timeout/)
})

test('a program ends when its main function is done, although something is left open', async () => {
  const code = `
    import { runMain } from '${SERVICE}'
    setInterval(() => {}, 1_000)
    await runMain(async () => { process.stdout.write('done') })`
  const args = ['--import', import.meta.resolve('tsx/esm'), '--input-type=module', '-e', code]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)))
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  expect(output).toBe('done')
})
