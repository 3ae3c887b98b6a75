import { Button } from '@mantine/core'
import { useRef } from 'react'
import { CloseIcon, FilterIcon } from '../../ui/icons'
import classes from './FilterDialog.module.css'
import { FilterPanel } from './FilterPanel'
import { type CatalogueSearch, countFilters } from './search'
import { useTexts } from './texts'

type FilterDialogProps = { search: CatalogueSearch; total: number | undefined }

/** The button that opens the filters on a narrow page, and the sheet that has them. */
export function FilterDialog({ search, total }: FilterDialogProps) {
  const texts = useTexts()
  const dialog = useRef<HTMLDialogElement>(null)
  const count = countFilters(search)
  const close = () => dialog.current?.close()
  return (
    <>
      <button
        type="button"
        className={classes.open}
        aria-haspopup="dialog"
        aria-label={count > 0 ? texts.filtersInUse(count) : texts.filters}
        onClick={() => dialog.current?.showModal()}
      >
        <FilterIcon size={18} />
        {texts.filters}
        {count > 0 && <span className={classes.count}>{count}</span>}
      </button>
      <dialog ref={dialog} className={classes.dialog} aria-label={texts.filters} closedby="any">
        <div className={classes.sheet}>
          <div className={classes.head}>
            <h2 className={classes.title}>{texts.filters}</h2>
            <button
              type="button"
              className={classes.close}
              aria-label={texts.close}
              onClick={close}
            >
              <CloseIcon />
            </button>
          </div>
          <div className={classes.body}>
            <FilterPanel search={search} />
          </div>
          <div className={classes.foot}>
            <Button fullWidth size="md" onClick={close}>
              {total === undefined ? texts.close : texts.show(total)}
            </Button>
          </div>
        </div>
      </dialog>
    </>
  )
}
