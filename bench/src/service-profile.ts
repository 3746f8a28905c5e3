import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sumProfile, type CpuProfile, type Stretch, type TimeSpent } from './cpu-profile.ts'
import type { Window } from './usage.ts'

/** Where the CPU time of one process of a row went. */
export interface ServiceProfile extends TimeSpent {
  /** Which process: `producer`, `consumer-auto 2`. */
  who: string
  /** Only the stretch that the rate is about; else its whole life. */
  isMeasuredStretch: boolean
}

/** A service that writes a profile when it ends. */
export interface ProfiledService {
  who: string
  folder: string
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const US_PER_MS = 1_000
const NS_PER_US = 1_000
/** `CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile`; thread 0 is the main one. */
const OF_MAIN_THREAD = /^CPU(?:\.\d+){3}\.0\.\d+\.cpuprofile$/

/** What node is told so that it writes a profile into a folder; not taken from `NODE_OPTIONS`. */
export function profileArgs(folder: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

/** Reads what a service has written when it ended, and adds up the measured stretch. */
export function readServiceProfile(
  { who, folder }: ProfiledService,
  window: Window | null,
): ServiceProfile {
  const file = readdirSync(folder).find((name) => OF_MAIN_THREAD.test(name))
  if (file === undefined) throw new Error(`${who} has written no profile`)
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile
  const stretch = window === null ? undefined : onProfileClock(window)
  const isWithin =
    stretch !== undefined && stretch.fromUs < profile.endTime && stretch.toUs > profile.startTime
  const spent = sumProfile(profile, ROOT, isWithin ? stretch : undefined)
  return { who, isMeasuredStretch: isWithin, ...spent }
}

/** Profiles count µs on the clock that `hrtime` reads, since the machine was started. */
function onProfileClock({ fromMs, toMs }: Window): Stretch {
  const nowUs = Number(process.hrtime.bigint()) / NS_PER_US
  const shift = nowUs - Date.now() * US_PER_MS
  return { fromUs: fromMs * US_PER_MS + shift, toUs: toMs * US_PER_MS + shift }
}
