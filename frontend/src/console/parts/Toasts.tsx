import { StateShape } from '../../ui/StateBadge'
import { CloseIcon } from './icons'
import { texts } from './texts'
import { closeToast, useToasts } from './toast'
import classes from './Toasts.module.css'

/** The place of the short messages. The frame has one. */
export function Toasts() {
  const toasts = useToasts()
  return (
    <div className={classes.place} role="status" aria-live="polite">
      {toasts.map(({ id, tone, text }) => (
        <div key={id} className={classes.toast} data-tone={tone}>
          <StateShape tone={tone} />
          <p>{text}</p>
          <button type="button" aria-label={texts.dismiss} onClick={() => closeToast(id)}>
            <CloseIcon size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
