import type { World } from '../world.ts';
import type { Capability } from './endpoint.ts';

/** Who asks: an authorized service, or a console user by Basic credentials. */
export interface Caller {
  /** As the author of a note is written. */
  label: string;
  serviceId: number | undefined;
  userId: number | undefined;
  roleId: number;
  profileId: number;
  readOnly: boolean;
  capabilities: ReadonlySet<Capability>;
  /** Domains the security profile names; empty is every domain. */
  domainIds: readonly number[];
}

export const seesDomain = (caller: Caller, domainId: number): boolean =>
  caller.domainIds.length === 0 || caller.domainIds.includes(domainId);

/** The caller of the credentials, or `undefined`. A service past its expiration date is nobody. */
export function identify(world: World, headers: ReadonlyMap<string, string>): Caller | undefined {
  const token = headers.get('sec');
  if (token !== undefined) return world.services.identify(token);
  const basic = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (basic === undefined) return undefined;
  const [name = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return world.services.identifyUser(name, rest.join(':'));
}
