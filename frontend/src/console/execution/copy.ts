import { texts } from '../parts/texts'
import { showToast } from '../parts/toast'

/** Copy a text, and say so. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    showToast('good', texts.copied)
  } catch {
    // Browsers permit it on secure pages only.
    showToast('failed', texts.notCopied)
  }
}
