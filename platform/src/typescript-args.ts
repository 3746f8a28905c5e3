/** What node is told before a file of this project: 20 needs help with TypeScript, later ones run it as it is. */
export function typescriptArgs(): string[] {
  const isKnown = 'typescript' in process.features && process.features.typescript
  return isKnown ? [] : ['--import', import.meta.resolve('tsx/esm')]
}
