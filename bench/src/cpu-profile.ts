interface CallFrame {
  functionName: string
  url: string
  /** `0` is what was never a script: functions in C++. */
  scriptId: string
}

/** What node writes with `--cpu-prof`, as far as it is used here; times in µs. */
export interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame }[]
  startTime: number
  endTime: number
  /** Which node was at work, again and again. */
  samples: number[]
  /** The time before each sample. */
  timeDeltas: number[]
}

/** From when to when, on the clock of a profile, in µs. */
export interface Stretch {
  fromUs: number
  toUs: number
}

/** A part of the time in which a process was at work; all parts together are 1. */
export interface Share {
  name: string
  share: number
}

/** A function with the time that was spent in itself, not in what it calls. */
interface FunctionShare extends Share {
  file: string
}

/** Where the time of the main thread of a process went; waiting for something to do is left out. */
export interface TimeSpent {
  busyMs: number
  /** The largest first; only some. */
  functions: FunctionShare[]
  areas: Share[]
}

const FUNCTIONS_SHOWN = 15
const US_PER_MS = 1_000
const NOT_WORK = ['(idle)', '(root)']
const COLLECTOR = '(garbage collector)'
const OUTSIDE = '(program)'
/** Functions of node in C++ that are a call to the system and little else. */
const SYSTEM_CALL = /^(?:write\w*|fsync|fdatasync|open|close|read|shutdown|f?stat|rename|unlink)$/
const NATIVE = '0'

/** Adds up a profile: all of it, or what lies within a stretch. */
export function sumProfile(profile: CpuProfile, root: string, within?: Stretch): TimeSpent {
  const spent = timeByNode(profile, within)
  const functions = new Map<string, FunctionShare & { us: number }>()
  const areas = new Map<string, number>()
  let busyUs = 0
  for (const { id, callFrame } of profile.nodes) {
    const us = spent.get(id) ?? 0
    const { functionName } = callFrame
    if (us === 0 || NOT_WORK.includes(functionName)) continue
    busyUs += us
    const area = areaOf(callFrame, root)
    areas.set(area, (areas.get(area) ?? 0) + us)
    const name = functionName === '' ? '(anonymous)' : functionName
    const file = fileOf(callFrame.url, root)
    const known = functions.get(`${name} ${file}`)
    if (known === undefined) functions.set(`${name} ${file}`, { name, file, share: 0, us })
    else known.us += us
  }
  return {
    busyMs: busyUs / US_PER_MS,
    functions: [...functions.values()]
      .sort((a, b) => b.us - a.us)
      .slice(0, FUNCTIONS_SHOWN)
      .map(({ name, file, us }) => ({ name, file, share: us / busyUs })),
    areas: [...areas]
      .sort(([, a], [, b]) => b - a)
      .map(([name, us]) => ({ name, share: us / busyUs })),
  }
}

/** What was at work at a sample was so until the next one. */
function timeByNode(profile: CpuProfile, within?: Stretch): Map<number, number> {
  const { startTime, endTime, samples, timeDeltas } = profile
  const { fromUs, toUs } = within ?? { fromUs: startTime, toUs: endTime }
  const spent = new Map<number, number>()
  let at = startTime
  for (const [index, id] of samples.entries()) {
    at += timeDeltas[index] ?? 0
    const next = index + 1 < samples.length ? at + (timeDeltas[index + 1] ?? 0) : endTime
    const us = Math.min(next, toUs) - Math.max(at, fromUs)
    if (us > 0) spent.set(id, (spent.get(id) ?? 0) + us)
  }
  return spent
}

/** Our code by folder, libraries by name, and what belongs to neither. */
function areaOf({ functionName, url, scriptId }: CallFrame, root: string): string {
  if (functionName === COLLECTOR) return 'garbage collector'
  if (functionName === OUTSIDE) return 'outside JavaScript: kernel, libuv, compiler'
  const library = libraryOf(url)
  if (library !== null) return library
  if (url.startsWith('node:')) return 'node itself'
  const file = fileOf(url, root)
  if (file !== '') return file.slice(0, Math.max(file.lastIndexOf('/'), 0)) || file
  if (scriptId !== NATIVE) return 'code made while it runs: decoders of avsc'
  return SYSTEM_CALL.test(functionName) ? 'system calls: write, fdatasync, …' : 'node itself in C++'
}

function libraryOf(url: string): string | null {
  const inside = url.split('/node_modules/').at(-1)
  if (inside === undefined || inside === url) return null
  const [first = '', second = ''] = inside.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}

/** From the root of this repository, or from the folder of libraries. */
function fileOf(url: string, root: string): string {
  const library = libraryOf(url)
  if (library !== null) return url.slice(url.lastIndexOf(`/node_modules/${library}/`) + 14)
  const path = url.startsWith('file://') ? decodeURI(url.slice('file://'.length)) : url
  return (path.startsWith(root) ? path.slice(root.length) : path).split('?')[0] ?? ''
}
