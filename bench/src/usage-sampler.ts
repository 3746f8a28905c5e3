import { listParts } from '@orders/cluster/parts'
import { readPartProcess } from '@orders/cluster/pid-file'
import type { ClusterSettings } from '@orders/cluster/settings'
import { readCpuSeconds, readPeakMemoryMb } from './process-usage.ts'
import type { UsageSample } from './usage.ts'

/** What a client and the cluster have used while somebody looked. */
export interface Usage {
  samples: UsageSample[]
  /** The most memory that the client has held. */
  memoryMb: number | null
}

const EVERY_MS = 25

/** Looks at the clients and the cluster while some work is done. */
export async function sampleDuring<T>(
  settings: ClusterSettings,
  clients: readonly (number | null)[],
  work: () => Promise<T>,
  everyMs = EVERY_MS,
): Promise<Usage & { result: T }> {
  const sampler = new UsageSampler(settings, clients, everyMs)
  try {
    const result = await work()
    return { ...sampler.usage(), result }
  } finally {
    sampler.stop()
  }
}

/** Looks at processes again and again until `stop`: what has ended can no longer be asked. */
class UsageSampler {
  readonly #brokers: number[]
  readonly #redis: number[]
  readonly #clients: number[]
  readonly #samples: UsageSample[] = []
  readonly #timer: NodeJS.Timeout
  #memoryMb: number | null = null

  constructor(settings: ClusterSettings, clients: readonly (number | null)[], everyMs: number) {
    this.#brokers = pidsOf(settings, 'kafka')
    this.#redis = pidsOf(settings, 'redis')
    this.#clients = clients.filter((pid) => pid !== null)
    this.#timer = setInterval(() => this.#look(), everyMs)
    this.#look()
  }

  /** Looks once more, and gives what was seen. */
  usage(): Usage {
    this.#look()
    return { samples: this.#samples, memoryMb: this.#memoryMb }
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    this.#samples.push({
      atMs: Date.now(),
      client: cpuOf(this.#clients),
      brokers: cpuOf(this.#brokers),
      redis: cpuOf(this.#redis),
    })
    const memory = this.#clients.map(readPeakMemoryMb)
    if (memory.some((each) => each === null)) return
    this.#memoryMb = memory.reduce<number>((all, each) => all + (each ?? 0), 0)
  }
}

function pidsOf(settings: ClusterSettings, kind: 'kafka' | 'redis'): number[] {
  return listParts(settings).flatMap((part) => {
    const found = part.kind === kind ? readPartProcess(settings, part.name) : null
    return found?.state === 'running' ? [found.pid] : []
  })
}

/** The sum over all of them; null when one is gone or nothing is known. */
function cpuOf(pids: readonly number[]): number | null {
  const all = pids.map(readCpuSeconds)
  if (all.length === 0 || all.some((each) => each === null)) return null
  return all.reduce<number>((sum, each) => sum + (each ?? 0), 0)
}
