import { createRequire } from 'node:module'
import { loadInternals, MODULES, reasonAgainst, type Internals } from './library.ts'
import { replacementsFor } from './replacements.ts'

/** Whether the client library produces with the fast functions, and if not, why. */
export interface FastProduce {
  active: boolean
  reason?: string
}

interface Installation extends FastProduce {
  originals?: Internals
}

/**
 * Replaces three functions inside the client library that `require` finds, unless its version, its
 * files or its having been loaded before speak against it: then it stays exactly as it is.
 */
export function installFastProduce(require: NodeJS.Require): Installation {
  try {
    const reason = reasonAgainst(require)
    if (reason !== null) return { active: false, reason }
    const originals = loadInternals(require)
    const { group, createProduce, frame } = replacementsFor(originals)
    const replace = [
      exporting(require, MODULES.group, group),
      exporting(require, MODULES.createProduce, createProduce),
      exporting(require, MODULES.frame, frame),
    ]
    for (const exportIt of replace) exportIt()
    return { active: true, originals }
  } catch (error) {
    return { active: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Finds the module first and replaces later, so that all are replaced or none is. */
function exporting(require: NodeJS.Require, path: string, replacement: unknown): () => void {
  const module = require.cache[require.resolve(path)]
  if (!module) throw new Error(`${path} is not in the module cache`)
  return () => {
    module.exports = replacement
  }
}

const ownRequire = createRequire(import.meta.url)
const { originals, ...outcome } = installFastProduce(ownRequire)

/** What became of it in this process, for a line in the log. */
export const fastProduce: FastProduce = outcome

/** Gives the library's own functions, replaced or not, to compare with. */
export function libraryInternals(): Internals {
  return originals ?? loadInternals(ownRequire)
}
