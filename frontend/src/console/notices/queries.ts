import type { NoticeKind } from '../../api/types'
import { polledQuery } from '../live/polled'
import { choiceOf, type TextSearch } from '../search'
import { texts } from './texts'

/** The filters of the notices, as they stand in the URL. Without `open` only open ones are listed. */
export type NoticeSearch = TextSearch<'kind' | 'open' | 'cursor'>

export const NOTICE_KINDS = Object.keys(texts.kinds).filter(isKind)

function isKind(name: string): name is NoticeKind {
  return name in texts.kinds
}

/** A page of the notices that match. */
export function noticesQuery({ kind, open = 'true', cursor }: NoticeSearch) {
  const query = {
    cursor,
    kind: choiceOf(kind, NOTICE_KINDS),
    open: open === 'any' ? undefined : open,
  }
  return polledQuery('notices', 'GET /admin/notices', { query })
}
