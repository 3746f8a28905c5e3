import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'

const INTERRUPTION = new URL('./interruption.ts', import.meta.url).href
const ENDED_IN_ORDER = 3
const ENDED_AT_ONCE = 7

type What = NodeJS.Signals | 'no reader'

/** Runs a program that writes without end and needs a moment to stop; gives its exit code. */
async function interrupt(secondExitCode: number | null, whats: What[]): Promise<number | null> {
  const code = `
    import { listenForInterruption } from '${INTERRUPTION}'
    const signal = listenForInterruption(${secondExitCode})
    const ticks = setInterval(() => process.stdout.write('tick '), 10)
    process.on('exit', () => { process.exitCode ??= ${ENDED_IN_ORDER} })
    signal.addEventListener('abort', () => {
      process.stdout.write(' stopping ')
      setTimeout(() => clearInterval(ticks), 500)
    })`
  const args = ['--import', import.meta.resolve('tsx/esm'), '--input-type=module', '-e', code]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const next = (): void => {
    const what = whats.shift()
    if (what === 'no reader') child.stdout.destroy()
    else if (what) child.kill(what)
  }
  child.stdout.once('data', next)
  child.stdout.on('data', (chunk: Buffer) => {
    output += String(chunk)
    if (output.includes('stopping')) next()
  })
  return new Promise((resolve) => child.once('close', resolve))
}

test.each<[string, What]>([
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGINT'],
  ['the loss of its reader', 'no reader'],
])('%s lets a program end in order', async (_name, what) => {
  expect(await interrupt(ENDED_AT_ONCE, [what])).toBe(ENDED_IN_ORDER)
})

test('a second signal ends it at once', async () => {
  expect(await interrupt(ENDED_AT_ONCE, ['SIGINT', 'SIGINT'])).toBe(ENDED_AT_ONCE)
})

test('a second signal changes nothing for a program that says so', async () => {
  expect(await interrupt(null, ['SIGINT', 'SIGTERM'])).toBe(ENDED_IN_ORDER)
})
