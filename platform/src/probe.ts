import { armFaultPoint, type FaultPlan, type PassPoint } from './fault-point.ts'
import { openTrace, type TraceEntry } from './trace.ts'

/** How a consumer lets itself be looked at and broken from outside; off unless a drill asks. */
export interface Probe {
  record(entry: TraceEntry): void
  pass: PassPoint
  close(): void
}

/** Opens the probe that the settings ask for. */
export function openProbe(
  service: string,
  settings: { TRACE_FILE?: string | undefined; FAULT_POINT?: FaultPlan | undefined },
): Probe {
  const trace = openTrace(settings.TRACE_FILE)
  trace.record({ event: 'started', service, pid: process.pid })
  return { ...trace, pass: armFaultPoint(settings.FAULT_POINT) }
}
