import { armFaultPoint, type FaultPlan, type PassPoint } from './fault-point.ts'
import { openTrace, type Trace } from './trace.ts'

/** How a consumer lets itself be looked at and broken from outside; off unless a drill asks. */
export interface Probe extends Trace {
  pass: PassPoint
}

/** What of the settings is about looking and breaking. */
interface ProbeSettings {
  TRACE_FILE?: string | undefined
  FAULT_POINT?: FaultPlan | undefined
  WORKERS: 'one' | 'partition'
}

/** Opens the probe that the settings ask for. */
export function openProbe(service: string, settings: ProbeSettings): Probe {
  const trace = openTrace(settings.TRACE_FILE)
  trace.record({ event: 'started', service, pid: process.pid, workers: settings.WORKERS })
  return { ...trace, pass: armFaultPoint(settings.FAULT_POINT) }
}
