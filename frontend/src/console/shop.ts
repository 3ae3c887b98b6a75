/** The pages of the shop's people and products, of the audit and the settings: one file to load. */
export { AuditPage } from './audit/AuditPage'
export { CataloguePage } from './catalogue/CataloguePage'
export { ImportPage } from './catalogue/ImportPage'
export { NewProductPage } from './catalogue/NewProductPage'
export { ProductPage } from './catalogue/ProductPage'
export { PeoplePage } from './people/PeoplePage'
export { PersonPage } from './people/PersonPage'
export { SettingsPage } from './settings/SettingsPage'
