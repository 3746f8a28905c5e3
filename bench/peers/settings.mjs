/** What a peer program is told by the bench, all of it in the environment. */
export function readSettings() {
  return {
    brokers: need('BROKERS').split(','),
    topic: need('TOPIC'),
    count: Number(need('COUNT')),
    partitions: Number(need('PARTITIONS')),
  }
}

/** Reads a variable that has no default. */
export function need(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: this program is for \`npm run bench\``)
  return value
}

/** How each task commits: how many orders a commit covers, and who waits for it. */
const MODES = {
  'batch-one': { size: 10, isPerPartition: false, isBackground: false },
  'batch-partition': { size: 10, isPerPartition: true, isBackground: false },
  'auto-one': { size: 1, isPerPartition: false, isBackground: false },
  'auto-partition': { size: 1, isPerPartition: true, isBackground: false },
  'auto-background': { size: 1, isPerPartition: true, isBackground: true },
}

/** Between two commits in the background, as Kafka's own clients have it. */
export const BACKGROUND_COMMIT_MS = 5_000

/** Reads how to consume. */
export function readMode() {
  const mode = MODES[need('MODE')]
  if (!mode) throw new Error(`MODE must be one of ${Object.keys(MODES).join(', ')}`)
  return mode
}
