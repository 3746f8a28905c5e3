import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Bench } from './bench.ts'

/** What to throw at the decoder. */
export interface FuzzPlan {
  schemaIds: number[]
  seed: number
  count: number
}

const MAIN = fileURLToPath(new URL('fuzz-decoder.ts', import.meta.url))
const LIMIT_MS = 60_000

/** Runs the fuzz in a process of its own, which is ended when it hangs. */
export async function runFuzz(
  bench: Bench,
  plan: FuzzPlan,
): Promise<{ code: number | null; output: string }> {
  const args = [
    '--import',
    import.meta.resolve('tsx/esm'),
    MAIN,
    bench.registryUrl,
    JSON.stringify(plan),
  ]
  const child = spawn(process.execPath, args, { timeout: LIMIT_MS, killSignal: 'SIGKILL' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}
