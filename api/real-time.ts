/**
 * Real time, for what the world outside measures in it: a webhook's signature and the life of a sign-in. Business time never
 * comes from here; it is `ApiDeps.clock`.
 */
export const realNow = (): Date => new Date();
