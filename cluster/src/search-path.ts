import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Finds a program on a search path such as `PATH`, or says null. */
export function findProgram(name: string, searchPath: string): string | null {
  const files = searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
  return files.find((file) => isProgram(file)) ?? null
}

/** Tells whether a file is there and may be run. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
