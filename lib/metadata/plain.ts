/** Under which names devices tell of the version of their software, and of their system; the first that is there counts. */
export const versionNames = ['app_version', 'appVersion', 'version'] as const
export const systemNames = ['os', 'platform', 'system'] as const
