import { queryOptions } from '@tanstack/react-query'
import { findBrought } from '../../api/client'
import { NetworkError } from '../../api/problem'

const FOLDER = '/static/products/'
const INDEX = `${FOLDER}gallery.json`

/** The files of the pictures of a product, by the name of its first picture without extension. */
export type GalleryIndex = Readonly<Record<string, readonly string[]>>

/** The index of the shop's own pictures. Products whose pictures lie elsewhere have only one. */
export const galleryQuery = queryOptions({
  queryKey: ['gallery'],
  queryFn: async ({ signal }): Promise<GalleryIndex> => {
    const response = await fetch(INDEX, { signal }).catch((error: unknown) => {
      throw new NetworkError(error)
    })
    return response.ok ? readIndex(await response.json()) : {}
  },
  initialData: () => {
    const brought = findBrought(INDEX)
    return brought && readIndex(brought.data)
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** Return the addresses of all pictures of a product, of which `imageUrl` is the first. */
export function listPictures(imageUrl: string, index: GalleryIndex): string[] {
  const folder = imageUrl.slice(0, imageUrl.lastIndexOf('/') + 1)
  const file = imageUrl.slice(folder.length)
  if (!folder.endsWith(FOLDER)) return [imageUrl]
  const files = index[file.replace(/\.\w+$/, '')] ?? []
  return [imageUrl, ...files.filter((each) => each !== file).map((each) => folder + each)]
}

/** Return the index that was fetched. Whatever is not a list of names of files is left out. */
export function readIndex(body: unknown): GalleryIndex {
  if (typeof body !== 'object' || body === null) return {}
  const lists = Object.entries(body).filter((entry): entry is [string, string[]] => {
    const files: unknown = entry[1]
    return Array.isArray(files) && files.every((file) => /^[\w-]+\.\w+$/.test(String(file)))
  })
  return Object.fromEntries(lists)
}
