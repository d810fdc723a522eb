import { z } from 'zod';
import { hasCode } from './errors.ts';
import { cutText, id, instant, listOf, name, optional } from './fields.ts';
import type { Requester } from './requester.ts';

const User = z
  .object({
    id,
    username: name,
    email: optional(name),
    description: optional(cutText(2000)),
    user_role_id: optional(id),
    security_profile_id: optional(id),
    tenant_id: optional(id),
  })
  .transform((raw) => ({
    id: raw.id,
    username: raw.username,
    email: raw.email,
    description: raw.description,
    roleId: raw.user_role_id,
    securityProfileId: raw.security_profile_id,
    tenantId: raw.tenant_id,
  }));
export type ConsoleUser = z.output<typeof User>;

const Service = z
  .object({
    id,
    label: name,
    user_role_id: optional(id),
    security_profile_id: optional(id),
    expiration_date: optional(instant),
  })
  .transform((raw) => ({
    id: raw.id,
    label: raw.label,
    roleId: raw.user_role_id,
    securityProfileId: raw.security_profile_id,
    expiresMs: raw.expiration_date,
  }));
export type AuthorizedService = z.output<typeof Service>;

const Role = z
  .object({ id, name, capabilities: listOf(z.object({ name })) })
  .transform((raw) => ({ id: raw.id, name: raw.name, capabilities: raw.capabilities.map(({ name }) => name) }));
export type UserRole = z.output<typeof Role>;

const Profile = z
  .object({ id, name, domain_ids: listOf(id) })
  .transform((raw) => ({ id: raw.id, name: raw.name, domainIds: raw.domain_ids }));
export type SecurityProfile = z.output<typeof Profile>;

/** The holder of the token. What the console does not tell is `undefined`. */
export interface Caller {
  kind: 'user' | 'service' | 'unknown';
  name: string | undefined;
  /** When the token ends, UTC milliseconds. */
  expiresMs: number | undefined;
  role: UserRole | undefined;
  profile: SecurityProfile | undefined;
}

export interface Access {
  /** Who the token belongs to: a user, else an authorized service. */
  caller(signal?: AbortSignal): Promise<Caller>;
  /** All that the token may see; others than administrators see only themselves. */
  users(signal?: AbortSignal): Promise<ConsoleUser[]>;
  roles(signal?: AbortSignal): Promise<UserRole[]>;
}

const USER_FIELDS = 'id,username,email,description,user_role_id,security_profile_id,tenant_id';

/** Not being allowed to ask is an answer here. */
async function firstOf<T>(items: Promise<T[]>): Promise<T | undefined> {
  try {
    return (await items)[0];
  } catch (error) {
    if (hasCode(error, 'QRADAR_FORBIDDEN', 'QRADAR_NOT_FOUND', 'QRADAR_REJECTED')) return undefined;
    throw error;
  }
}

export function createAccess(requester: Requester): Access {
  const list = <T>(what: string, item: z.ZodType<T>, query: Record<string, string | boolean>, signal?: AbortSignal) =>
    requester.list({ path: `/config/access/${what}`, query, signal }, item);
  return {
    async caller(signal) {
      const user = await firstOf(list('users', User, { current_user: true, fields: USER_FIELDS }, signal));
      const service = user
        ? undefined
        : await firstOf(list('authorized_services', Service, { current_authorized_service: true }, signal));
      return {
        kind: user ? 'user' : service ? 'service' : 'unknown',
        name: user?.username ?? service?.label,
        expiresMs: service?.expiresMs,
        role: await firstOf(list('user_roles', Role, { current_user_role: true }, signal)),
        profile: await firstOf(list('security_profiles', Profile, { current_security_profile: true }, signal)),
      };
    },
    users: (signal) => list('users', User, { fields: USER_FIELDS }, signal),
    roles: (signal) => list('user_roles', Role, {}, signal),
  };
}
