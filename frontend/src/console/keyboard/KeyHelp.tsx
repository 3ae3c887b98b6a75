import { Dialog } from '../../ui/Dialog'
import { useBindings } from './bindings'
import classes from './KeyHelp.module.css'
import { texts } from './texts'

/** The dialog that lists the keys which have a meaning on this page. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const bindings = useBindings()
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <dl className={classes.list}>
        {bindings.map(({ keys, label }) => (
          <div key={keys} className={classes.row}>
            <dt>{label}</dt>
            <dd>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{texts.names[key] ?? key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
