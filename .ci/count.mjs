// Adds up the numbers that the test runs have left, and ends with the one line that is read.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = '', code = '1'] = process.argv.slice(2)
let passed = 0
let failed = 0
let skipped = 0
for (const file of readdirSync(folder)) {
  const result = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  passed += result.numPassedTests
  failed += result.numFailedTests
  skipped += result.numPendingTests
}
// A step that is no test (types, lint, a suite that could not start) fails the run as well.
if (code !== '0' && failed === 0) failed = 1
process.stdout.write(
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
)
