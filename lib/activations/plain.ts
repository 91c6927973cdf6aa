export const activationSorts = ['createdAt', 'lastValidatedAt', 'label'] as const

export type ActivationSort = (typeof activationSorts)[number]
