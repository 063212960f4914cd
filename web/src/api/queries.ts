// What the pages read, under one name each, so that a change or the live stream can bring it up to date.
import { notifyManager, QueryCache, QueryClient, useQuery } from '@tanstack/react-query';

import type { Me } from './client';
import { api } from './client';
import { answerOf, Problem } from './problem';

// Within the frame that changes a list, and not in a task after it: what comes together is drawn once.
notifyManager.setScheduler(queueMicrotask);

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (!(error instanceof Problem)) return;
      if (error.status === 401 || error.code === 'setup_needed') endSession();
      if (error.code === 'second_factor_setup_needed')
        void queryClient.invalidateQueries({ queryKey: ['me'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => failures < 2 && (!(error instanceof Problem) || error.status === 0),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});

/** Back to the sign-in page; what was open is found again after it. */
export function endSession(): void {
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
  queryClient.setQueryData(['me'], null);
  void queryClient.invalidateQueries({ queryKey: ['setup'] });
}

interface Page<T> {
  items: T[];
  next: string | null;
}

/** All pages of a list that a page shows as a whole, such as doors. */
export async function allOf<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    items.push(...answer.items);
    cursor = answer.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

const setup_query = { queryKey: ['setup'], queryFn: () => answerOf(api.GET('/setup')) };

/** The language that was chosen for the site; null before the set-up, or when it does not answer. */
export const siteLanguage = () =>
  queryClient.fetchQuery({ ...setup_query, retry: false }).then(
    ({ language }) => language,
    () => null,
  );

/** The account of this browser's session, or null without one. */
export function useMe() {
  return useQuery({
    queryKey: ['me'],
    queryFn: async (): Promise<Me | null> => {
      const setup = await queryClient.fetchQuery(setup_query);
      if (setup.needed) return null;
      try {
        return await answerOf(api.GET('/me'));
      } catch (error) {
        if (error instanceof Problem && (error.status === 401 || error.status === 403)) return null;
        throw error;
      }
    },
    staleTime: 300_000,
  });
}

export function useSetup(enabled: boolean) {
  return useQuery({ ...setup_query, enabled });
}

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: () => answerOf(api.GET('/settings')),
    staleTime: 300_000,
  });
}

export function useDoors(enabled = true) {
  return useQuery({
    queryKey: ['doors'],
    enabled,
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/doors', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function useDevices(enabled = true) {
  return useQuery({
    queryKey: ['devices'],
    enabled,
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/devices', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function useAreas(enabled = true) {
  return useQuery({
    queryKey: ['areas'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/areas', { params: { query: { limit: 1000, cursor } } }))),
    enabled,
  });
}

export function useDepartments(enabled = true) {
  return useQuery({
    queryKey: ['departments'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/departments', { params: { query: { limit: 1000, cursor } } }))),
    enabled,
  });
}

export function useAccounts(enabled = true) {
  return useQuery({
    queryKey: ['accounts'],
    enabled,
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/accounts', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function useRoles(enabled = true) {
  return useQuery({
    queryKey: ['roles'],
    enabled,
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/roles', { params: { query: { limit: 1000, cursor } } }))),
  });
}

/** API tokens: the own ones, and those of everybody for who may see accounts. */
export function useTokens() {
  return useQuery({
    queryKey: ['tokens'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/tokens', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function useMqtt() {
  return useQuery({
    queryKey: ['settings', 'mqtt'],
    queryFn: () => answerOf(api.GET('/settings/mqtt')),
    refetchInterval: 5_000,
  });
}

export function useMailServer() {
  return useQuery({
    queryKey: ['settings', 'mail'],
    queryFn: () => answerOf(api.GET('/settings/mail')),
    refetchInterval: 5_000,
  });
}

export function useSyslog() {
  return useQuery({
    queryKey: ['settings', 'syslog'],
    queryFn: () => answerOf(api.GET('/settings/syslog')),
    refetchInterval: 5_000,
  });
}

export function useWebhooks(enabled: boolean) {
  return useQuery({
    queryKey: ['webhooks'],
    queryFn: async () => (await answerOf(api.GET('/webhooks'))).items,
    refetchInterval: 10_000,
    enabled,
  });
}

export function useGroups(enabled = true) {
  return useQuery({
    queryKey: ['groups'],
    enabled,
    queryFn: () =>
      allOf((cursor) =>
        answerOf(api.GET('/permission-groups', { params: { query: { limit: 1000, cursor } } })),
      ),
  });
}

export function useGroupsOf(person: string | undefined) {
  return useQuery({
    queryKey: ['groups', 'person', person],
    queryFn: () =>
      allOf((cursor) =>
        answerOf(api.GET('/permission-groups', { params: { query: { limit: 1000, cursor, person } } })),
      ),
    enabled: person !== undefined,
  });
}

export function useTemplates() {
  return useQuery({
    queryKey: ['templates'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/time-templates', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function useHolidays() {
  return useQuery({
    queryKey: ['holidays'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/holidays', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function useDoorRules() {
  return useQuery({
    queryKey: ['rules', 'doors'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/door-rules', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function usePassbackAreas() {
  return useQuery({
    queryKey: ['rules', 'areas'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/passback-areas', { params: { query: { limit: 1000, cursor } } }))),
  });
}

export function useInterlocks() {
  return useQuery({
    queryKey: ['rules', 'interlocks'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/interlocks', { params: { query: { limit: 1000, cursor } } }))),
  });
}

/** Asked again every second while one is on its way. */
export function usePublicPasswords() {
  return useQuery({
    queryKey: ['rules', 'public-passwords'],
    queryFn: () =>
      allOf((cursor) =>
        answerOf(api.GET('/public-passwords', { params: { query: { limit: 1000, cursor } } })),
      ),
    refetchInterval: (query) =>
      query.state.data?.some(({ issue }) => issue.some(({ reason }) => reason === 'sending')) ? 1000 : 10_000,
  });
}

/** What the site wants to know of people besides. */
export function usePersonFields(enabled = true) {
  return useQuery({
    queryKey: ['person-fields'],
    queryFn: async () => (await answerOf(api.GET('/person-fields'))).items,
    staleTime: 300_000,
    enabled,
  });
}

export function usePerson(id: string | undefined) {
  return useQuery({
    queryKey: ['people', id],
    queryFn: () => answerOf(api.GET('/people/{id}', { params: { path: { id: id! } } })),
    enabled: id !== undefined,
  });
}

/** Which controllers know what about a person; asked again every second while something is on its way. */
export function useIssueStates(person: string | undefined) {
  return useQuery({
    queryKey: ['issue-states', person],
    queryFn: () =>
      allOf((cursor) =>
        answerOf(api.GET('/issue-states', { params: { query: { limit: 1000, cursor, person } } })),
      ),
    enabled: person !== undefined,
    refetchInterval: (query) =>
      query.state.data?.some((pair) => pair.state === 'pending' && pair.reason !== 'device_offline')
        ? 1000
        : 10_000,
  });
}
