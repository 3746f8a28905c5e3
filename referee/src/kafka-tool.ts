import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { toolCommand } from '@orders/cluster/kafka-tools'
import type { ClusterSettings } from '@orders/cluster/settings'
import { describeError } from '@orders/platform/user-error'
import { CouldNotJudge } from './could-not-judge.ts'
import { LineSplitter } from './line-splitter.ts'

/** How to run one of Kafka's own tools. */
export interface ToolCall {
  settings: ClusterSettings
  name: string
  args: string[]
  /** What ends a line of its output. */
  delimiter?: string
  /** A tool that says nothing for so long is ended; null for one that may be silent for ever. */
  silenceLimitMs?: number | null
  /** Ends the tool; its lines end without an error then. */
  signal?: AbortSignal
}

type Child = ChildProcessByStdio<null, Readable, Readable>

const SILENCE_LIMIT_MS = 60_000
/** A message of 2 MiB takes four times as much when every byte of it is escaped. */
const LINE_BYTES_MAX = 64 * 1024 * 1024
const STDERR_CHARS_MAX = 20_000

/**
 * Runs a tool and gives its lines as they come, in blocks. Whoever stops reading ends the tool. One
 * that fails is `CouldNotJudge`, with the last that it said.
 */
export async function* readTool(call: ToolCall): AsyncGenerator<Buffer[]> {
  const { settings, name, args, delimiter = '\n', signal } = call
  const { silenceLimitMs = SILENCE_LIMIT_MS } = call
  const launch = toolCommand(settings, name, args)
  const child = spawn(launch.command, launch.args, {
    env: launch.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const life = watchLife(child)
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted) kill()
  const silence = watchSilence(silenceLimitMs, kill)
  try {
    const splitter = new LineSplitter(delimiter, LINE_BYTES_MAX)
    for await (const chunk of child.stdout) {
      silence.reset()
      const lines = splitter.push(chunk as Buffer)
      if (lines.length > 0) yield lines
    }
    const code = await life.ended
    if (signal?.aborted) return
    if (silence.isBroken()) throw failure(name, `said nothing for ${silenceLimitMs} ms`)
    if (code !== 0) throw failure(name, life.lastWords())
    const rest = splitter.rest()
    if (rest.length > 0) yield [rest]
  } finally {
    silence.end()
    kill()
    process.off('exit', kill)
    signal?.removeEventListener('abort', kill)
  }
}

/** Runs a tool to its end and gives all its lines as text. */
export async function readToolText(call: ToolCall): Promise<string[]> {
  const lines: string[] = []
  for await (const block of readTool(call)) lines.push(...block.map(String))
  return lines
}

/** Runs a few at a time: every tool is a Java machine of its own. */
export async function eachLimited<Item>(
  items: readonly Item[],
  limit: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item)
  }
  await Promise.all(Array.from({ length: limit }, worker))
}

function watchLife(child: Child): {
  ended: Promise<number | null>
  lastWords: () => string
} {
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-STDERR_CHARS_MAX)
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      said = describeError(error)
      resolve(null)
    })
    child.once('close', resolve)
  })
  return { ended, lastWords: () => lastProblem(said) }
}

/** The line that says most: the last about an error, or simply the last. */
function lastProblem(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const problems = lines.filter((line) => /error|exception|could not/i.test(line))
  return problems.at(-1) ?? lines.at(-1) ?? 'no word said why'
}

function watchSilence(limitMs: number | null, onSilence: () => void) {
  let isBroken = false
  const timer =
    limitMs === null
      ? null
      : setTimeout(() => {
          isBroken = true
          onSilence()
        }, limitMs)
  return {
    reset: () => void timer?.refresh(),
    end: () => clearTimeout(timer ?? undefined),
    isBroken: () => isBroken,
  }
}

function failure(name: string, why: string): CouldNotJudge {
  return new CouldNotJudge(`Kafka's tool ${name}: ${why}`)
}
