import i18next from 'i18next';

import type { Role } from '../../api/client';

/** Roles that come with Sallyport are called in the language of the page. */
export function roleName({ name, built_in }: Pick<Role, 'name' | 'built_in'>): string {
  return built_in === null ? name : String(i18next.t(`roles.${built_in}`));
}
