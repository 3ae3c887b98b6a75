import { useEffect } from 'react'

/**
 * Keep the description and the canonical address of the document those of the page, as the server
 * writes them for the first page of a visit.
 */
export function usePageMeta(path: string, description?: string): void {
  useEffect(() => {
    const link = element('link[rel="canonical"]', 'link', { rel: 'canonical' })
    link.setAttribute('href', window.location.origin + path)
  }, [path])
  useEffect(() => {
    if (description === undefined) return
    const meta = element('meta[name="description"]', 'meta', { name: 'description' })
    meta.setAttribute('content', description)
  }, [description])
}

function element(selector: string, tag: string, attributes: Record<string, string>): Element {
  const present = document.head.querySelector(selector)
  if (present !== null) return present
  const created = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value)
  document.head.append(created)
  return created
}
