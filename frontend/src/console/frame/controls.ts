import { polledQuery } from '../live/polled'

/** The pauses and limits in force. */
export function controlsQuery() {
  return polledQuery('controls', 'GET /admin/controls', {})
}
