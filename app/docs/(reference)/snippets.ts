/** A request as the snippets write it. */
export type Request = {
  method: string
  url: string
  /** Whether an API key is sent. */
  isPrivate: boolean
  body: unknown
}

const pretty = (value: unknown, indent: string) => JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`)

/** The body as Python writes it. */
const python = (value: unknown) =>
  pretty(value, '    ').replace(/(?<=[:[,] ?\s*)(true|false|null)(?=[,\n\]}])/g, (word) => pythonWords[word] ?? word)
const pythonWords: Record<string, string> = { true: 'True', false: 'False', null: 'None' }

/** How each language sends it. */
export const languages = {
  curl: ({ method, url, isPrivate, body }: Request) =>
    [
      `curl ${method === 'GET' ? '' : `-X ${method} `}'${url}'`,
      ...(isPrivate ? [`-H "Authorization: Bearer $LATCHKEY_TOKEN"`] : []),
      ...(body === undefined
        ? []
        : [`-H 'Content-Type: application/json'`, `-d '${pretty(body, '  ').replaceAll("'", `'\\''`)}'`]),
    ].join(' \\\n  '),
  JavaScript: ({ method, url, isPrivate, body }: Request) => {
    const headers = [
      ...(isPrivate ? [`    Authorization: 'Bearer ' + process.env.LATCHKEY_TOKEN,`] : []),
      ...(body === undefined ? [] : [`    'Content-Type': 'application/json',`]),
    ]
    return [
      `const response = await fetch('${url}', {`,
      `  method: '${method}',`,
      ...(headers.length ? ['  headers: {', ...headers, '  },'] : []),
      ...(body === undefined ? [] : [`  body: JSON.stringify(${pretty(body, '  ')}),`]),
      '})',
      'const answer = await response.json()',
    ].join('\n')
  },
  Python: ({ method, url, isPrivate, body }: Request) =>
    [
      ...(isPrivate ? ['import os'] : []),
      'import requests',
      '',
      `response = requests.${method.toLowerCase()}(`,
      `    "${url}",`,
      ...(isPrivate ? [`    headers={"Authorization": f"Bearer {os.environ['LATCHKEY_TOKEN']}"},`] : []),
      ...(body === undefined ? [] : [`    json=${python(body)},`]),
      ')',
      'answer = response.json()',
    ].join('\n'),
} as const

export type Language = keyof typeof languages
