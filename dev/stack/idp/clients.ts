/** Names that the provider and its clients agree on. */
export const appClientId = 'vitrine-app';
export const deskClientId = 'vitrine-desk';

/** Authentication context classes: one click, or one click where a client asked for more. */
export const acrValues = ['urn:vitrine:acr:basic', 'urn:vitrine:acr:strong'] as const;
