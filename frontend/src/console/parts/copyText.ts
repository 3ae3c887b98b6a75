import { announce } from '../../ui/Announcer'
import { texts } from './texts'
import { showToast } from './toast'

/** Copy a text. Returns whether the browser permits it; if not, the operator is told. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Browsers permit it on secure pages only.
    showToast('failed', texts.notCopied)
    return false
  }
  announce(texts.copied)
  return true
}
