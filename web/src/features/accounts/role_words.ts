import i18next from 'i18next';

import type { Role } from '../../api/client';

/** Those that come with Sallyport have the same ids everywhere, and are never changed. */
const built_in: Record<string, Role['built_in']> = {
  1: 'administrator',
  2: 'operator',
  3: 'viewer',
  4: 'installer',
};

/** Of one that only its id and its own name are known of. */
export const roleNameOf = ({ id, name }: Pick<Role, 'id' | 'name'>): string =>
  roleName({ name, built_in: built_in[id] ?? null });

/** Roles that come with Sallyport are called in the language of the page. */
export function roleName({ name, built_in }: Pick<Role, 'name' | 'built_in'>): string {
  return built_in === null ? name : String(i18next.t(`roles.${built_in}`));
}
