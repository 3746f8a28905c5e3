import { UserError } from './user-error.ts'

/** A command of the command line library, which is to throw instead of ending the process. */
interface FlagParser {
  parse(args: readonly string[], options: { from: 'user' }): unknown
}

/**
 * Lets a command read its flags; false when it was only asked for help. A flag that cannot be
 * followed is thrown as one `UserError`.
 */
export function parseFlags(command: FlagParser, args: readonly string[]): boolean {
  try {
    command.parse(args, { from: 'user' })
    return true
  } catch (error) {
    if (!isFromParser(error)) throw error
    if (error.exitCode === 0) return false
    const [what] = error.message.split('\n')
    throw new UserError(`${what?.replace(/^error: /, '')}; see --help`)
  }
}

// By its shape: most of those who share this code have no flags, and so not that library.
function isFromParser(error: unknown): error is Error & { exitCode: number } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
}
