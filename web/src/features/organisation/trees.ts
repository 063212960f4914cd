// The two trees and how they are read and written, so that one panel and one field serve both.
import { useMemo } from 'react';

import type { Area, Department } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useAreas, useDepartments } from '../../api/queries';
import type { Placed } from './branches';
import { placed } from './branches';
import type { PlatformFunction } from '../shell/me_context';
import { may, useAccount } from '../shell/me_context';

export type TreeName = 'areas' | 'departments';
export interface BranchBody {
  name: string;
  parent_id: string | null;
}

/** Any of these may be viewed by who reads the tree. */
const readers: Record<TreeName, readonly PlatformFunction[]> = {
  areas: ['devices', 'doors', 'permissions', 'events', 'accounts'],
  departments: ['people', 'permissions', 'events', 'accounts'],
};

export function useTree(tree: TreeName) {
  const { rights } = useAccount();
  const mayRead = readers[tree].some((what) => may(rights, what, 'view'));
  const areas = useAreas(mayRead && tree === 'areas');
  const departments = useDepartments(mayRead && tree === 'departments');
  const query = tree === 'areas' ? areas : departments;
  const branches = useMemo<Placed[]>(
    () =>
      placed(
        tree === 'areas'
          ? (areas.data ?? []).map((area) => ({ ...area, count: area.devices }))
          : (departments.data ?? []).map((department) => ({ ...department, count: department.people })),
      ),
    [tree, areas.data, departments.data],
  );
  return { branches, isPending: query.isPending, error: query.error, refetch: query.refetch };
}

export function saveBranch(
  tree: TreeName,
  branch: Placed | null,
  body: BranchBody,
): Promise<Area | Department> {
  if (branch === null) {
    return tree === 'areas'
      ? answerOf(api.POST('/areas', { body }))
      : answerOf(api.POST('/departments', { body }));
  }
  const change = { params: { path: { id: branch.id } }, body: { ...body, revision: branch.revision } };
  return tree === 'areas'
    ? answerOf(api.PATCH('/areas/{id}', change))
    : answerOf(api.PATCH('/departments/{id}', change));
}

export function readBranch(tree: TreeName, id: string): Promise<Area | Department> {
  const params = { path: { id } };
  return tree === 'areas'
    ? answerOf(api.GET('/areas/{id}', { params }))
    : answerOf(api.GET('/departments/{id}', { params }));
}

export function removeBranch(tree: TreeName, id: string) {
  const params = { path: { id } };
  return tree === 'areas'
    ? answerOf(api.DELETE('/areas/{id}', { params }))
    : answerOf(api.DELETE('/departments/{id}', { params }));
}
