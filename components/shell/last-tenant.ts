/** Cookie: /t leads back to the tenant that was open last. Holds a name, no right. */
export const LAST_TENANT = 'tenantry.tenant'
