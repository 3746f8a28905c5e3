/** An exercise as a reader of the page finds it. */
export interface Exercise {
  title: string
  /** The npm script and its arguments: `['drill', 'leader-kill', '--seed', '1']`. */
  command: string[]
  /** One pattern for each line that the page promises. */
  expected: RegExp[]
}

const HEADING = /^### Exercise \d+: (.+)$/
const COMMAND = /^npm run (\S+)(?: --)?(.*)$/

/** Reads the exercises of a page: a heading, a block `sh` with the command, a block `text`. */
export function readExercises(page: string): Exercise[] {
  const [, ...sections] = page.split(/^(?=### Exercise )/m)
  return sections.map((section) => {
    const title = HEADING.exec(section.split('\n')[0] ?? '')?.[1] ?? ''
    const [, script = '', rest = ''] = COMMAND.exec(blockOf(section, 'sh')[0] ?? '') ?? []
    const command = [script, ...rest.split(' ').filter((word) => word !== '')]
    const expected = blockOf(section, 'text').map(asPattern)
    if (title === '' || script === '' || expected.length === 0) {
      throw new Error(`an exercise without title, command or expected lines: ${title}`)
    }
    return { title, command, expected }
  })
}

function blockOf(section: string, language: string): string[] {
  const [, body = ''] = section.split(`\`\`\`${language}\n`)
  return body.split('\n```')[0]?.split('\n') ?? []
}

/** In an expected line, `…` stands for whatever differs from run to run. */
function asPattern(line: string): RegExp {
  const parts = line.trim().split('…')
  return new RegExp(parts.map(escape).join('.*'))
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
