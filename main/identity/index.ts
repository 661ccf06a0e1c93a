/**
 * Who the engineer is and which device this is: OIDC login, the device key, and where secrets rest. Upholds I4 (the ID
 * token commits to the device key) and I7 (nothing in here ever reaches the renderer). Called by the composition root
 * and by `main/grants` only.
 */
export type { DeviceCode } from './device-code.ts';
export { type DeviceKey, type KeyVault, memoryVault, openKeyVault } from './device-key.ts';
export { type Login, type LoginOptions, type OidcLogin, openLogin } from './login.ts';
export type { SecretBox } from './secret-box.ts';
