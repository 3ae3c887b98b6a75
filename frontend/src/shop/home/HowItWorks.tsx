import { BoxIcon, CartIcon, LockIcon, TruckIcon } from '../../ui/icons'
import classes from './HowItWorks.module.css'
import { useTexts } from './texts'

const ICONS = [CartIcon, LockIcon, TruckIcon, BoxIcon]

/** The way of an order, in four steps. */
export function HowItWorks() {
  const texts = useTexts()
  return (
    <section aria-labelledby="how" className={classes.how}>
      <h2 id="how" className="visually-hidden">
        {texts.how}
      </h2>
      <ol className={classes.steps}>
        {texts.steps.map(({ title, text }, index) => {
          const Icon = ICONS[index] ?? CartIcon
          return (
            <li key={title} className={classes.step}>
              <Icon size={22} />
              <div>
                <h3 className={classes.title}>{title}</h3>
                <p className={classes.text}>{text}</p>
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
