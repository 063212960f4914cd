import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from 'vitest';

import { speak, startWords } from '../../ui/i18n';
import { enums, traceDetail } from './trace_detail';

/** Of each rule that tells what it looked at. */
const examples: [rule: string, detail: string, en: string, zh: string][] = [
  ['facility', '4711', 'Facility code 4711', '设施码 4711'],
  ['uses', '3', '3 left', '剩余 3 次'],
  ['unlock_mode', '1', 'Card and PIN', '卡加 PIN'],
  ['door_mode', '3', 'Lockdown', '封锁'],
  ['deny_rights', '255', 'at all times', '任何时间'],
  ['rights', '255', 'at all times', '任何时间'],
  ['schedule', '2', 'schedule 2 of the controller', '控制器的时间计划 2'],
  ['first_card', '0', 'schedule 0 of the controller', '控制器的时间计划 0'],
  ['interlock', '4', 'door 4 of the controller', '控制器的门 4'],
  ['anti_passback', '0', 'last seen outside', '最后出现在防反潜区域之外'],
  ['anti_passback', '2', 'last seen in area 2 of the controller', '最后出现在控制器的防反潜区域 2'],
  ['group', '1', 'One person has come', '已到 1 人'],
  ['group', '2', '2 people have come', '已到 2 人'],
];

describe('what a rule looked at', () => {
  beforeAll(() => startWords('en'));

  it.each(['en', 'zh'] as const)('is said in %s', async (language) => {
    await speak(language);
    for (const [rule, detail, en, zh] of examples)
      expect(traceDetail(rule, detail), rule).toBe(language === 'en' ? en : zh);
  });

  it('stands as it came where it is not known', () => {
    expect(traceDetail('schedule', 'Office hours')).toBe('Office hours');
    expect(traceDetail('door_mode', '9')).toBe('9');
    expect(traceDetail('newer', '12')).toBe('12');
  });

  it.each([
    ['unlock_mode', 'rules.hpp', 'UnlockMode'],
    ['door_mode', 'settings.hpp', 'DoorMode'],
  ])('counts %s as the core does', (rule, header, name) => {
    const core = readFileSync(`../src/core/access/${header}`, 'utf8');
    const body = new RegExp(`enum class ${name} [^{]*\\{([^}]*)\\}`).exec(core)![1]!;
    expect(body.match(/[a-z_]+/g)).toEqual(enums[rule]!.values);
  });
});
