import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readExercises } from './exercises.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LIMIT_MS = 600_000

const exercises = readExercises(readFileSync(`${ROOT}drills/README.md`, 'utf8'))

/** The command itself, as a reader of the page runs it. */
test.each(exercises.filter(({ command }) => command[0] === 'compare'))(
  'the exercise of drills/README.md, $title: ends as it says',
  async ({ command, expected }) => {
    const { code, lines } = await run(command)
    expect(code, lines.join('\n')).toBe(0)
    for (const line of expected) expect(lines).toContainEqual(expect.stringMatching(line))
  },
  LIMIT_MS,
)

async function run([, ...args]: string[]): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx/esm', `${ROOT}drills/src/compare/main.ts`, ...args],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  // It stops its cluster by itself, but only when it is asked to.
  onTestFinished(() => void child.kill('SIGINT'))
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    process.stdout.write(chunk)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, lines: text.split('\n') }
}
