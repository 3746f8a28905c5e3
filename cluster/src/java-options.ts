/**
 * Options for every Java process here. They trade top speed for a quick start on a small machine:
 * only the fast compiler, one thread for garbage.
 */
export const QUICK_START = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto']

/** Options for processes that stay: a heap limit, and a clean death instead of a limping life. */
export function serverOptions(heapMb: number): string[] {
  return [
    ...QUICK_START,
    `-Xmx${heapMb}m`,
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
  ]
}
