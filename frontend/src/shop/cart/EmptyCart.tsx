import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { CartIcon } from '../../ui/icons'
import classes from './CartPage.module.css'
import { useCartTexts } from './texts'

/** The cart without lines. */
export function EmptyCart({ onLeave }: { onLeave?: () => void }) {
  const texts = useCartTexts()
  return (
    <div className={classes.empty}>
      <span className={classes.emptyPicture}>
        <CartIcon size={40} />
      </span>
      <h2>{texts.empty}</h2>
      <p>{texts.emptyLead}</p>
      <Button renderRoot={(props) => <Link to="/products" onClick={onLeave} {...props} />}>
        {texts.browse}
      </Button>
    </div>
  )
}
