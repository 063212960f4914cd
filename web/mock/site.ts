// Eight doors, sixty people and a day of events, invented from a fixed seed. Only what the pages need.
import { encrypted } from './connections';
import type {
  Area,
  Department,
  Device,
  Door,
  Event,
  FloorPlan,
  IssueState,
  PermissionGroup,
  Person,
  TimeTemplate,
} from '../src/api/client';
import { plain_group, quiet, withMembers } from './quiet';
import { place_names, plansOf } from './plans';

interface Answer {
  status: number;
  body?: unknown;
}
type Body = Record<string, unknown>;

const plain_door = { overtime_s: 60, duress: false, extended_s: 5, pre_alarm_s: 0, verification_s: null };
const first_names = ['Anna', 'Jonas', 'Li', 'Mehmet', 'Sofia', 'Wei', 'Clara', 'Peter', 'Nadia', 'Tom'];
const last_names = [
  'Berger',
  'Okafor',
  'Zhang',
  'Yilmaz',
  'Rossi',
  'Klein',
  'Novak',
  'Silva',
  'Haas',
  'Brandt',
];

export class Site {
  onLive: (message: unknown) => void = () => {};
  private seed = 41;
  private lastId = 7_301_938_176_000_000n;
  private needed: boolean;
  private signedIn = false;
  private language: 'en' | 'zh' = 'en';
  private settings = { time_zone: 'Europe/Berlin', language: 'en', version: '0.1.0' };
  private devices: Device[] = [];
  private doors: Door[] = [];
  private people: Person[] = [];
  private areas: Area[] = [];
  private plans: FloorPlan[] = [];
  private departments: Department[] = [];
  private groups: PermissionGroup[] = [];
  private templates: TimeTemplate[] = [];
  private events: Event[] = []; // newest first
  private audit: Body[] = [];
  private scanned = 0;
  private added = new Set<string>();

  constructor(fresh: boolean, doors: number) {
    this.needed = fresh;
    if (fresh) return;
    const [site, hall] = [this.branch('Headquarters', null), this.branch('Hall', null)];
    hall.parent_id = site.id;
    this.areas.push({ ...site, devices: 0, doors: 0 }, { ...hall, devices: doors, doors });
    const office = { ...this.branch('Office', null), people: 48 };
    this.departments.push(office, { ...this.branch('Night shift', office.id), people: 12 });
    for (let n = 0; n < doors; n++) {
      const spare = n >= place_names.length ? ` ${Math.floor(n / place_names.length) + 1}` : '';
      this.addDevice(place_names[n % place_names.length]! + spare, `192.168.1.${20 + (n % 200)}`);
    }
    this.plans = plansOf(this.doors);
    const broken = this.devices[5];
    if (broken) {
      Object.assign(broken, { state: 'offline', reason: 'timeout', since: this.ago(4_000) });
      this.doors[5]!.state = { ...this.doors[5]!.state, online: false, since: broken.since };
    }
    const states: Partial<Door['state']>[] = [
      {},
      { contact: 'open', lock: 'released' },
      { mode: 'lockdown' },
      { contact: 'open', alarms: ['overtime', 'mains_failed'], silenced: ['mains_failed'] },
      { mode: 'always_open', lock: 'released' },
      {},
      { mode: 'always_closed' },
      { lock: 'released' },
    ];
    states.forEach((state, n) => this.doors[n] && Object.assign(this.doors[n]!.state, state));
    for (let n = 0; n < 60; n++) this.addPerson(n);
    this.people.forEach((person, n) => (person.department_id = this.departments[n < 48 ? 0 : 1]!.id));
    const week = Array.from({ length: 7 }, (_, day) =>
      day < 5 ? [{ from: '07:00:00', to: '19:00:00' }] : [],
    );
    this.templates.push({ id: this.id(), name: 'Office hours', week, holiday_ids: [], revision: 1 });
    const ids = this.people.map((person) => person.id);
    const doorIds = this.doors.map((door) => door.id);
    this.groups.push(
      this.group('Staff', this.templates[0]!.id, doorIds.slice(0, 5), ids.slice(0, 48)),
      this.group('Technicians', null, doorIds, ids.slice(40, 52)),
      this.group('Cleaning', this.templates[0]!.id, doorIds.slice(0, 2), ids.slice(52)),
    );
    for (let n = 0; n < 900; n++) this.events.unshift(this.event(new Date(Date.now() - (900 - n) * 96_000)));
    this.log('session.opened', null, null, null);
    this.log('person.changed', this.people[0]!, { name: 'Anna Bergr' }, { name: 'Anna Berger' });
    this.log('door.commanded', this.doors[0]!, null, { command: 'open', taken: true });
    this.log('door.adopted', this.doors[0]!, { hold_s: 3 }, { hold_s: 10 });
    const staff = { id: '7', name: 'Staff' };
    const [anna, ben] = this.people.map(({ id, name }) => ({ id, name }));
    const hours = { id: '8', name: 'Office hours' };
    this.log(
      'permission_group.changed',
      staff,
      { people: [anna], template: hours },
      { people: [ben], template: null },
    );
    this.log('permission_group.added', staff, null, { ...staff, remark: '', people: [anna, ben], doors: [] });
  }

  /** Something happens. */
  live(): void {
    if (this.doors.length === 0) return;
    const event = this.event(new Date());
    this.events.unshift(event);
    this.onLive({ type: 'event', data: event });
    const door = this.doors.find((item) => item.id === event.door_id);
    if (
      door?.state.online &&
      event.result === 'granted' &&
      door.state.mode === 'normal' &&
      door.state.contact === 'closed'
    ) {
      this.move(door, { lock: 'released' });
      setTimeout(() => this.move(door, { lock: 'locked' }), 3000);
    }
  }

  answer(method: string, url: URL, body: Body): Answer {
    const [head, id, tail] = url.pathname.split('/').slice(1) as [string, string?, string?];
    const q = url.searchParams;
    if (head === 'setup') return this.setup(method, body);
    if (head === 'sessions') return this.session(method, id, body);
    if (!this.signedIn) return problem(401, 'unauthenticated', 'Sign in to go on.');
    switch (head) {
      case 'me':
        if (method === 'PATCH') this.language = body.language as 'en' | 'zh';
        return ok({
          account: 'admin',
          language: this.language,
          role: 'Administrator',
          built_in: 'administrator',
          rights: Object.fromEntries(
            ['devices', 'doors', 'people', 'permissions', 'events', 'audit', 'settings', 'accounts'].map(
              (what) => [what, 'administer'],
            ),
          ),
          areas: null,
          departments: null,
          password_change: 'none',
          password_changed_at: this.ago(90_000),
          second_factor: 'none',
        });
      case 'settings':
        if (method === 'PATCH') Object.assign(this.settings, body);
        return ok(this.settings);
      case 'devices':
        if (id === 'search') return method === 'DELETE' ? { status: 204 } : this.search();
        if (id === 'initialise')
          return ok({ serial: 'SP77', fingerprint: `AB${':AB'.repeat(31)}`, keypad_password: '40917263' });
        if (method === 'POST') return this.postDevice(body);
        return this.crud(this.devices, method, id, body);
      case 'doors':
        if (tail === 'keypad-changes') return this.settle(id!, String(body.decision));
        if (tail === 'commands') return this.command(id!, String(body.command));
        return this.crud(this.doors, method, id, body);
      case 'floor-plans':
        return this.crud(this.plans, method, id, { doors: [], links: [], picture: null, ...body });
      case 'areas':
        return this.crud(this.areas, method, id, { devices: 0, doors: 0, revision: 1, ...body });
      case 'departments':
        return this.crud(this.departments, method, id, { people: 0, revision: 1, ...body });
      case 'people':
        return this.peopleCall(method, id, body, q);
      case 'permission-groups': {
        const person = q.get('person');
        if (method === 'GET' && person)
          return list(
            this.groups.filter((item) => item.people.includes(person)),
            q,
          );
        const empty = { remark: '', template_id: null, doors: [], people: [], ...plain_group };
        const group = this.groups.find((item) => item.id === id);
        const sent = method === 'POST' ? { ...empty, ...body } : withMembers(group, body);
        return this.crud(this.groups, method, id, sent);
      }
      case 'time-templates':
        return this.crud(this.templates, method, id, method === 'POST' ? { holiday_ids: [], ...body } : body);
      case 'holidays':
      case 'cards':
        return list([], q);
      case 'issue-states':
        return list(this.issueStates(q.get('person')), q);
      case 'events':
        if (id === 'histogram') return this.histogram(q);
        return id ? ok(this.events.find((event) => event.id === id)) : list(this.matching(q), q);
      case 'audit':
        return list(this.audit, q);
      default:
        return problem(404, 'not_found', 'There is no such thing.');
    }
  }

  private setup(method: string, body: Body): Answer {
    if (method === 'GET')
      return ok({
        needed: this.needed,
        code_required: false,
        language: this.needed ? null : 'en',
        staying_signed_in: 'allowed',
      });
    this.needed = false;
    this.signedIn = true;
    this.language = body.language as 'en' | 'zh';
    return ok({ token: 'x'.repeat(32), account: 'admin', expires: this.ago(-3600) });
  }

  private session(method: string, id: string | undefined, body: Body): Answer {
    if (method === 'DELETE') {
      this.signedIn = false;
      return { status: 204 };
    }
    if (method === 'GET') {
      const times = { since: this.ago(3600), last_seen: this.ago(2) };
      const session = { id: '1', account: 'admin', address: '192.168.1.7', agent: 'Firefox 128', ...times };
      return ok({ items: [{ ...session, kept: false, current: true }], next: null });
    }
    if (id === undefined && body.password === 'wrong')
      return problem(
        401,
        'wrong_login',
        'Wrong account or password. After 5 wrong ones the account is locked.',
      );
    this.signedIn = true;
    return ok({ token: 'x'.repeat(32), account: 'admin', expires: this.ago(-3600) });
  }

  private peopleCall(method: string, id: string | undefined, body: Body, q: URLSearchParams): Answer {
    if (method === 'GET' && id === undefined) {
      const text = (q.get('q') ?? '').toLowerCase();
      const group = this.groups.find((item) => item.id === q.get('group'));
      const department = q.get('department');
      const fits = (person: Person) =>
        (!group || group.people.includes(person.id)) &&
        (department === null || person.department_id === department) &&
        [person.name, person.user_id, ...person.cards.map((card) => card.number)].some((part) =>
          part.toLowerCase().includes(text),
        );
      return list(
        this.people.filter(fits).sort((a, b) => a.name.localeCompare(b.name)),
        q,
      );
    }
    const taken = this.people.find((person) => person.user_id === body.user_id && person.id !== id);
    if (taken) {
      const message = `${taken.name} has this user ID.`;
      return problem(409, 'user_id_taken', message, [{ field: 'user_id', code: 'duplicate', message }]);
    }
    const { pin, ...rest } = body;
    if (pin !== undefined) rest.has_pin = pin !== null;
    const now = this.ago(0);
    if (method === 'POST') {
      const blank = { ...this.blankPerson(), user_id: String(1001 + this.people.length), created_at: now };
      return this.crud(this.people, method, id, { ...blank, ...rest, changed_at: now });
    }
    return this.crud(this.people, method, id, rest);
  }

  private crud<T extends { id: string }>(
    items: T[],
    method: string,
    id: string | undefined,
    body: Body,
  ): Answer {
    if (id === undefined && method === 'GET') return list(items, new URLSearchParams('limit=1000'));
    if (method === 'POST') {
      const item = { ...body, id: this.id() } as unknown as T;
      items.push(item);
      return { status: 201, body: item };
    }
    const index = items.findIndex((item) => item.id === id);
    const item = items[index];
    if (!item) return problem(404, 'not_found', 'It is not there any more.');
    if (method === 'DELETE') {
      items.splice(index, 1);
      return { status: 204 };
    }
    if (method === 'PATCH') {
      const { settings, ...rest } = body;
      Object.assign(item, rest);
      if (settings) Object.assign((item as unknown as Door).settings, settings);
    }
    return ok(item);
  }

  private settle(id: string, decision: string): Answer {
    const door = this.doors.find((item) => item.id === id);
    if (!door?.at_keypad) return problem(409, 'nothing_at_keypad', 'Nothing at the keypad differs any more.');
    if (decision === 'adopt') Object.assign(door.settings, door.at_keypad);
    door.at_keypad = null;
    return ok(door);
  }

  private command(id: string, command: string): Answer {
    const door = this.doors.find((item) => item.id === id);
    if (!door) return problem(404, 'not_found', 'There is no such door.');
    if (!door.state.online) {
      return problem(
        409,
        'device_offline',
        `The controller of “${door.name}” is offline. The door was not opened.`,
      );
    }
    setTimeout(() => {
      if (command === 'open') {
        this.move(door, { lock: 'released' });
        setTimeout(() => this.move(door, { lock: 'locked' }), 3000);
      } else if (command !== 'close') {
        const mode = command as Door['state']['mode'];
        this.move(door, { mode, lock: mode === 'always_open' ? 'released' : 'locked' });
      }
    }, 400);
    return ok({ id: this.id(), command, taken_at: this.ago(0) });
  }

  private search(): Answer {
    this.scanned = Math.min(254, this.scanned + 60);
    const found = (n: number, initialised: boolean, here: string | null) => ({
      address: `192.168.1.${40 + n}`,
      port: 37777,
      serial: `SP0A1B2C3D${40 + n}`,
      model: 'sallyport-door',
      firmware: '0.1.0',
      initialised,
      fingerprint: `9F${':86'.repeat(31)}`,
      device_id: here,
    });
    const own = (n: number) => (this.added.has(`192.168.1.${40 + n}`) ? '1' : null);
    const items = [found(1, false, own(1)), found(2, true, own(2)), found(3, true, '1')];
    const state = this.scanned >= 254 ? 'done' : 'running';
    const body = { id: '9', state, scanned: this.scanned, total: 254, items };
    if (state === 'done') this.scanned = 0;
    return { status: state === 'done' ? 200 : 202, body };
  }

  private postDevice(body: Body): Answer {
    if (body.password === 'wrong') {
      return problem(409, 'device_wrong_password', 'The controller refused the password of “admin”.');
    }
    this.added.add(String(body.address));
    return { status: 201, body: this.addDevice(String(body.name), String(body.address)) };
  }

  private matching(q: URLSearchParams): Event[] {
    const one = (name: string) => q.get(name)?.split(',');
    const [from, to] = [q.get('from'), q.get('to')];
    return this.events.filter(
      (event) =>
        (!from || event.at >= new Date(from).toISOString()) &&
        (!to || event.at < new Date(to).toISOString()) &&
        (one('door')?.includes(event.door_id ?? '') ?? true) &&
        (one('person')?.includes(event.person?.id ?? '') ?? true) &&
        (one('kind')?.includes(event.kind) ?? true) &&
        (one('result')?.includes(event.result ?? '') ?? true) &&
        (one('reason')?.includes(event.reason ?? '') ?? true) &&
        (one('card')?.includes(event.card ?? '') ?? true),
    );
  }

  private histogram(q: URLSearchParams): Answer {
    const [from, to, count] = [
      new Date(q.get('from')!),
      new Date(q.get('to')!),
      Number(q.get('buckets') ?? 60),
    ];
    const step = (to.getTime() - from.getTime()) / count;
    const items = Array.from({ length: count }, (_, n) => ({
      at: new Date(from.getTime() + n * step).toISOString(),
      granted: 0,
      denied: 0,
      alarms: 0,
      others: 0,
    }));
    for (const event of this.matching(q)) {
      const item = items[Math.floor((new Date(event.at).getTime() - from.getTime()) / step)];
      if (!item) continue;
      if (event.kind === 'alarm_started') item.alarms++;
      else if (event.result) item[event.result]++;
      else item.others++;
    }
    return ok({ from: from.toISOString(), to: to.toISOString(), items });
  }

  private issueStates(person: string | null): IssueState[] {
    return this.groups
      .filter((group) => !person || group.people.includes(person))
      .flatMap((group) => group.doors)
      .map((door_id) => {
        const online = this.doors.find((door) => door.id === door_id)?.state.online;
        const [state, reason] = online
          ? (['issued', null] as const)
          : (['pending', 'device_offline'] as const);
        return { person_id: person ?? '', door_id, state, reason, cards_left_out: 0, since: this.ago(600) };
      });
  }

  private event(at: Date): Event {
    const door = this.doors[this.random(this.doors.length)]!;
    const { id, user_id, name, cards } = this.people[this.random(this.people.length)]!;
    const dice = this.random(20);
    const event: Event = {
      id: this.id(),
      device_id: door.device_id,
      device_name: this.devices.find((device) => device.id === door.device_id)?.name ?? null,
      door_id: door.id,
      door_name: door.name,
      reader: 1,
      direction: 'entry',
      generation: 1,
      sequence: Number(this.lastId % 100_000n),
      at: at.toISOString(),
      utc_offset_s: 3600,
      received_at: new Date(at.getTime() + 40).toISOString(),
      kind: 'access',
      result: 'granted',
      reason: null,
      alarm: null,
      method: 'card',
      person: { id, user_id, name, photo: null, erased: false, department_id: null },
      card: cards[0]?.number ?? null,
      detail: null,
      trace: [
        { rule: 'credential', outcome: 'passed', detail: null },
        { rule: 'uses', outcome: 'not_applicable', detail: null },
        { rule: 'rights', outcome: 'passed', detail: null },
        { rule: 'schedule', outcome: 'passed', detail: 'Office hours' },
      ],
    };
    const nobody = {
      person: null,
      card: null,
      result: null,
      method: null,
      trace: null,
      reader: null,
      direction: null,
    };
    if (dice === 0) Object.assign(event, nobody, { kind: 'alarm_started', alarm: 'overtime' });
    if (dice === 1) Object.assign(event, nobody, { kind: 'exit_button', method: 'exit_button' });
    if (dice === 2) {
      const trace = [{ rule: 'credential', outcome: 'failed', detail: null }];
      Object.assign(event, {
        person: null,
        card: '00B0A77E',
        result: 'denied',
        reason: 'unknown_card',
        trace,
      });
    }
    if (dice === 3) {
      Object.assign(event, { result: 'denied', reason: 'outside_schedule' });
      event.trace![3] = { rule: 'schedule', outcome: 'failed', detail: 'Office hours' };
    }
    if (dice === 4 || dice === 5) Object.assign(event, nobody, { kind: 'door_opened' });
    if (dice === 6) {
      Object.assign(event, nobody, { kind: 'remote_command', detail: 'commanded command=open by=admin' });
    }
    return event;
  }

  private addDevice(name: string, address: string): Device {
    const [id, door_id] = [this.id(), this.id()];
    const device: Device = {
      id,
      name,
      address,
      port: 37777,
      account: 'admin',
      ...encrypted,
      serial: `SP${id.slice(-8)}`,
      model: 'sallyport-door',
      firmware: '0.1.0',
      area_id: this.areas[1]?.id ?? null,
      state: 'online',
      reason: null,
      since: this.ago(40_000),
      clock_offset_ms: 12,
      people: { used: 52, capacity: 30_000 },
      records: { used: 12_040, capacity: 60_000 },
      ...quiet,
      doors: [{ id: door_id, number: 1, name }],
    };
    this.devices.push(device);
    this.doors.push({
      id: door_id,
      device_id: id,
      number: 1,
      name,
      area_id: device.area_id,
      ...{ own_area: false, confirm: false, revision: 1 },
      state: {
        lock: 'locked',
        contact: 'closed',
        mode: 'normal',
        alarms: [],
        silenced: [],
        online: true,
        since: this.ago(900),
      },
      settings: { hold_s: 3, unlock_mode: 'card', detector: true, ...plain_door },
      settings_state: 'issued',
      at_keypad: this.doors.length === 0 ? { hold_s: 10, unlock_mode: 'card_and_pin' } : null,
    });
    return device;
  }

  private addPerson(n: number): void {
    const name = `${first_names[n % 10]} ${last_names[(n * 7 + Math.floor(n / 10)) % 10]}`;
    const number = (0x04a1b2c3 + n * 7919).toString(16).toUpperCase().padStart(8, '0');
    const cards: Person['cards'] = n % 9 === 8 ? [] : [{ number, type: 'general', status: 'active' }];
    const valid_to = n > 52 ? '2026-12-31T23:00:00Z' : null;
    const person = { ...this.blankPerson(), id: this.id(), name, user_id: String(1001 + n), cards, valid_to };
    this.people.push({ ...person, has_pin: n % 3 === 0 });
  }

  private blankPerson(): Omit<Person, 'id' | 'name' | 'user_id'> {
    const [created_at, changed_at] = [this.ago(90_000), this.ago(80_000)];
    const limits = { valid_from: null, valid_to: null, uses: null };
    const own = { has_pin: false, cards: [], remark: '', department_id: null, revision: 1 };
    const known = { details: {}, custom: {}, administrator: false, photo: null };
    return { type: 'general', ...limits, ...own, ...known, created_at, changed_at };
  }

  private branch(name: string, parent_id: string | null) {
    return { id: this.id(), name, parent_id, revision: 1 };
  }

  private group(
    name: string,
    template_id: string | null,
    doors: string[],
    people: string[],
  ): PermissionGroup {
    const members = people.length;
    return { id: this.id(), name, remark: '', template_id, doors, people, ...plain_group, members };
  }

  private move(door: Door, state: Partial<Door['state']>): void {
    door.state = { ...door.state, ...state, since: this.ago(0) };
    this.onLive({ type: 'door', data: door });
  }

  private log(
    action: string,
    subject: { id: string; name: string } | null,
    before: unknown,
    after: unknown,
  ): void {
    const named = subject && { kind: action.split('.')[0], id: subject.id, name: subject.name };
    const entry = { id: this.id(), at: this.ago(60), account: 'admin', address: '192.168.1.7', action };
    this.audit.unshift({ ...entry, subject: named, before, after });
  }

  private id(): string {
    return String(++this.lastId);
  }
  private random(below: number): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed % below;
  }
  private ago(seconds: number): string {
    return new Date(Date.now() - seconds * 1000).toISOString();
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body });

function problem(status: number, code: string, detail: string, errors?: Body[]): Answer {
  return {
    status,
    body: { type: 'about:blank', title: code, status, code, detail, ...(errors ? { errors } : {}) },
  };
}

function list(items: readonly unknown[], q: URLSearchParams): Answer {
  const start = Number(q.get('cursor') ?? 0);
  const end = start + Number(q.get('limit') ?? 100);
  return ok({ items: items.slice(start, end), next: end < items.length ? String(end) : null });
}
