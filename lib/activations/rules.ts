/** May the key's owner free a slot themselves? The reason they may not, or null. */
export const mayCustomerDeactivate = (configuration: { customerMayDeactivate: boolean }): string | null =>
  configuration.customerMayDeactivate ? null : 'Only the seller can deactivate devices of this key.'

/** May the key's owner give a device another name? The reason they may not, or null. */
export const mayCustomerRename = (configuration: { customerMayRename: boolean }): string | null =>
  configuration.customerMayRename ? null : 'Only the seller can rename devices of this key.'
