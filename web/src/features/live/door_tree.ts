// Doors as a tree: areas, in each the controllers of its doors, below each its doors. Pure.
import type { Device, Door } from '../../api/client';
import type { Placed } from '../organisation/branches';
import { by_name } from '../organisation/branches';

export interface TreeNode {
  /** Of its own in the tree: a controller that has doors in two areas stands in both. */
  key: string;
  kind: 'site' | 'area' | 'device' | 'door';
  id: string;
  name: string;
  /** 0 of the site, which is above all. */
  depth: number;
  /** Those in it and below it. */
  doors: Door[];
  /** Null of other nodes. */
  device: Device | null;
}

/** What a node is called where there is no other name for it. */
export const site_key = 'site';
const nowhere = '';

/** By area, and in it by controller. Controllers without doors stand where they are themselves. */
function homes(branches: readonly Placed[], devices: readonly Device[], doors: readonly Door[]) {
  const known = new Set(branches.map((branch) => branch.id));
  const areas = new Map<string, Map<string, Door[]>>();
  const homeOf = (area: string | null, device: string): Door[] => {
    const key = area !== null && known.has(area) ? area : nowhere;
    const controllers = areas.get(key) ?? new Map<string, Door[]>();
    areas.set(key, controllers);
    const home = controllers.get(device) ?? [];
    controllers.set(device, home);
    return home;
  };
  const withDoors = new Set(doors.map((door) => door.device_id));
  for (const device of devices) if (!withDoors.has(device.id)) homeOf(device.area_id, device.id);
  for (const door of doors) homeOf(door.area_id, door.device_id).push(door);
  return areas;
}

/**
 * Each node before what is below it; `doors` by name. Areas with nothing in them are left out, and the level
 * of the controllers as well for an account that does not see `devices`.
 */
export function treeOf(
  siteName: string,
  branches: readonly Placed[],
  devices: readonly Device[],
  doors: readonly Door[],
): TreeNode[] {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const areas = homes(branches, devices, doors);
  const site: TreeNode = {
    key: site_key,
    kind: 'site',
    id: '',
    name: siteName,
    depth: 0,
    doors: [...doors],
    device: null,
  };
  const nodes = [site];
  const addContent = (area: string, depth: number) => {
    const controllers = [...(areas.get(area) ?? [])].map(([id, own]) => ({ id, own, device: byId.get(id) }));
    controllers.sort((a, b) => by_name.compare(a.device?.name ?? '', b.device?.name ?? ''));
    for (const { id, own, device } of controllers) {
      const key = `device:${id}@${area}`;
      if (device) nodes.push({ key, kind: 'device', id, name: device.name, depth, doors: own, device });
      for (const door of own) {
        const below = device ? depth + 1 : depth;
        nodes.push({
          key: `door:${door.id}`,
          kind: 'door',
          id: door.id,
          name: door.name,
          depth: below,
          doors: [door],
          device: null,
        });
      }
    }
  };
  const above: TreeNode[] = [];
  for (const { id, name, depth } of branches) {
    above.length = depth;
    const own = [...(areas.get(id)?.values() ?? [])].flat();
    const node: TreeNode = {
      key: `area:${id}`,
      kind: 'area',
      id,
      name,
      depth: depth + 1,
      doors: [],
      device: null,
    };
    above.push(node);
    for (const area of above) area.doors.push(...own);
    nodes.push(node);
    addContent(id, depth + 2);
  }
  addContent(nowhere, 1);
  return nodes.filter((node, index) => node.kind !== 'area' || !isEmpty(nodes, index));
}

function isEmpty(nodes: readonly TreeNode[], index: number): boolean {
  const { depth, doors } = nodes[index]!;
  if (doors.length > 0) return false;
  for (let next = index + 1; next < nodes.length && nodes[next]!.depth > depth; ++next) {
    if (nodes[next]!.kind === 'device') return false;
  }
  return true;
}

export interface Shown extends TreeNode {
  /** Null: there is nothing below it. */
  open: boolean | null;
}

/** Areas are open and controllers closed, but for those that were `turned`. */
export function visible(nodes: readonly TreeNode[], turned: ReadonlySet<string>): Shown[] {
  const shown: Shown[] = [];
  let closedAt = Infinity;
  nodes.forEach((node, index) => {
    if (node.depth > closedAt) return;
    closedAt = Infinity;
    const hasBelow = (nodes[index + 1]?.depth ?? 0) > node.depth;
    const open = hasBelow ? (node.kind !== 'device') !== turned.has(node.key) : null;
    if (open === false) closedAt = node.depth;
    shown.push({ ...node, open });
  });
  return shown;
}

/** The controllers that a node is about. */
export function devicesOf(node: TreeNode): string[] {
  const ids = node.doors.map((door) => door.device_id);
  return [...new Set(node.device === null ? ids : [node.id, ...ids])];
}

export interface Group {
  /** Empty: in no area. */
  area: string;
  title: string;
  doors: Door[];
}

/** Doors by the area that they are in, in the order of the tree; those in none come last, without a title. */
export function byArea(branches: readonly Placed[], doors: readonly Door[]): Group[] {
  const groups = new Map<string, Group>(
    branches.map(({ id, path }) => [id, { area: id, title: path, doors: [] }]),
  );
  const none: Group = { area: nowhere, title: '', doors: [] };
  for (const door of doors) (groups.get(door.area_id ?? nowhere) ?? none).doors.push(door);
  return [...groups.values(), none].filter((group) => group.doors.length > 0);
}
