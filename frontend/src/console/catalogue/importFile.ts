import { call } from '../../api/client'
import type { ImportView } from '../../api/types'

export const MAX_FILE_BYTES = 1_048_576

/** A chosen file with its lines, of which the bad ones are shown. */
export type ChosenFile = { name: string; content: Blob; lines: readonly string[] }

/** Read a file. Browsers on Windows call a CSV file something else: the type is set here. */
export async function readFile(file: File): Promise<ChosenFile> {
  const content = new Blob([await file.arrayBuffer()], { type: 'text/csv' })
  return { name: file.name, content, lines: (await file.text()).split(/\r\n|\r|\n/) }
}

/** Check a file, or import it: all of its products or none. */
export async function sendFile(
  { name, content }: ChosenFile,
  isCheck: boolean,
): Promise<ImportView> {
  const options = { query: { check: isCheck, name: name.slice(0, 200) }, file: content }
  return call('POST /admin/products/import', options)
}
