import { listParts, type Part } from './parts.ts'
import { readPartProcess } from './pid-file.ts'
import { readMemoryMb } from './process-table.ts'
import { probePart } from './readiness.ts'
import type { ClusterSettings } from './settings.ts'

/** How one part of the cluster is. */
export interface PartStatus {
  name: string
  pid: number | null
  address: string
  /** `up` does its work; `not ready` runs without doing it; `dead` ended without being stopped. */
  state: 'up' | 'not ready' | 'dead' | 'stopped'
  /** A few words on why it is not up. */
  detail: string
  memoryMb: number | null
}

/** Looks at every part; changes nothing. */
export function inspectCluster(settings: ClusterSettings): Promise<PartStatus[]> {
  return Promise.all(listParts(settings).map((part) => inspectPart(settings, part)))
}

async function inspectPart(settings: ClusterSettings, part: Part): Promise<PartStatus> {
  const { name, address } = part
  const found = readPartProcess(settings, name)
  if (found.state !== 'running') {
    const detail = found.state === 'dead' ? found.why : ''
    return { name, pid: null, address, state: found.state, detail, memoryMb: null }
  }
  const missing = await probePart(settings, part)
  return {
    name,
    pid: found.pid,
    address,
    state: missing === null ? 'up' : 'not ready',
    detail: missing ?? '',
    memoryMb: readMemoryMb(found.pid),
  }
}
