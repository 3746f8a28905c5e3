import { UserError } from './user-error.ts'

/** The ledger cannot be opened or written. The message is one line: what, where, what to do. */
export class LedgerError extends UserError {
  override readonly name = 'LedgerError'
}

const HINTS: Record<string, string> = {
  EACCES: 'may not be written: check the permissions of the file and its folder',
  EPERM: 'may not be written: check the permissions of the file and its folder',
  EROFS: 'is on a read-only file system: set another path',
  ENOSPC: 'has no space left on its disk: free some',
  EDQUOT: 'is over the quota of its disk: free some space',
  EISDIR: 'is a folder: name a file',
  ENOTDIR: 'is below something that is no folder: check the path',
  EEXIST: 'is below something that is no folder: check the path',
  ENOENT: 'does not exist, or its folder cannot be made: check the path',
  EIO: 'cannot be used, its disk reports an error: check the disk',
}

/** Turns whatever went wrong with a ledger into one clear line; the original is its cause. */
export function ledgerError(file: string, cause: unknown): LedgerError {
  if (cause instanceof LedgerError) return cause
  const code = String((cause as NodeJS.ErrnoException | null)?.code)
  const reason = cause instanceof Error ? cause.message : String(cause)
  const what = HINTS[code] ?? `cannot be used: ${reason.replaceAll(/\s+/g, ' ')}`
  return new LedgerError(`the ledger ${file} ${what}${code in HINTS ? ` (${code})` : ''}`, {
    cause,
  })
}
