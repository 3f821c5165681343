// One rule of the order, with all that it needs to count.
import { ActionIcon } from '@mantine/core';
import type { SharedZoneView } from '@vigie/api/contract';
import type { MessageKey } from '../i18n/fr.ts';
import { useWords } from '../i18n/language.ts';
import { Glyph } from '../shell/glyph.tsx';
import { useClient } from '../shell/desk-context.ts';
import type { RuleDraft } from './draft.ts';
import { Choice, Text } from './fields.tsx';
import { idOf, useProblemAt } from './problems.tsx';
import { PARAMETERS, type Parameter, hasZone } from './rule-kinds.ts';
import { SpanList } from './span-list.tsx';
import { useEdit, useOrdering } from './use-ordering.ts';
import { ZoneFields } from './zone-fields.tsx';

const UNITS = { m: 'm', min: 'min', h: 'h', pct: '%', kmh: 'km/h' } as const;

interface Props {
  readonly rule: RuleDraft;
  readonly index: number;
  readonly shared: readonly SharedZoneView[];
}

export function RuleCard({ rule, index, shared }: Props) {
  const { say } = useWords();
  const { orders } = useClient();
  const edit = useEdit();
  const { draft } = useOrdering();
  const path = `rules[${index}]`;
  const whole = useProblemAt(path);
  const change = (patch: Partial<RuleDraft>) => edit.rule(rule.key, patch);
  return (
    <section className="order-rule" id={idOf(path)} tabIndex={-1} data-rule={rule.ruleId} data-kind={rule.kind}>
      <div className="order-rule-head">
        <div>
          <h4>{say(`order.kind.${rule.kind}`)}</h4>
          <p className="panel-hint">{say(`order.about.${rule.kind}`)}</p>
        </div>
        <Text
          path={`${path}.ruleId`}
          label="order.f.ruleId"
          value={rule.ruleId}
          onChange={(ruleId) => change({ ruleId })}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={say('order.removeRule', { rule: rule.ruleId })}
          title={say('order.removeRule', { rule: rule.ruleId })}
          onClick={() =>
            orders.edit((order) => ({ ...order, rules: order.rules.filter(({ key }) => key !== rule.key) }))
          }
        >
          <Glyph name="close" />
        </ActionIcon>
      </div>
      {whole !== null && <p className="problem-line">{whole}</p>}
      {hasZone(rule.kind) && <ZoneFields rule={rule} path={`${path}.zone`} shared={shared} />}
      <div className="order-row">
        <References rule={rule} path={path} onChange={change} />
        {(PARAMETERS[rule.kind] as readonly Parameter[]).map(({ name, unit, required }) => (
          <Text
            key={name}
            path={`${path}.${name}`}
            label={`order.f.${name}` as MessageKey}
            unit={UNITS[unit]}
            numeric
            required={required ?? false}
            value={rule.values[name] ?? ''}
            onChange={(value) => change({ values: { ...rule.values, [name]: value } })}
          />
        ))}
      </div>
      <details className="order-times" open={rule.schedule.length + rule.passes.length > 0}>
        <summary>
          {say('order.times')}
          {rule.schedule.length + rule.passes.length > 0 && ` (${rule.schedule.length + rule.passes.length})`}
        </summary>
        <SpanList
          path={`${path}.schedule`}
          title="order.f.schedule"
          none="order.always"
          add="order.addSpan"
          spans={rule.schedule}
          start={`${draft.validFrom.slice(0, 10)}T20:00`}
          repeat="weekly"
          onChange={(schedule) => change({ schedule })}
        />
        <SpanList
          path={`${path}.passes`}
          title="order.f.passes"
          none="order.noPasses"
          add="order.addPass"
          spans={rule.passes}
          start={`${draft.validFrom.slice(0, 10)}T20:00`}
          repeat="once"
          onChange={(passes) => change({ passes })}
        />
      </details>
    </section>
  );
}

/** What a rule points to: the device of the protected person, the rule that says where home is, the boxes at home. */
function References({
  rule,
  path,
  onChange,
}: {
  readonly rule: RuleDraft;
  readonly path: string;
  readonly onChange: (patch: Partial<RuleDraft>) => void;
}) {
  const { say } = useWords();
  const { draft } = useOrdering();
  const none = { value: '', label: say('order.choose') };
  if (rule.kind === 'proximity') {
    const partners = draft.case.devices.filter(({ role, deviceId }) => role === 'protected' && deviceId !== '');
    return (
      <Choice
        path={`${path}.partnerDeviceId`}
        label="order.f.partnerDeviceId"
        value={rule.partnerDeviceId}
        onChange={(partnerDeviceId) => onChange({ partnerDeviceId })}
        options={[none, ...partners.map(({ deviceId }) => ({ value: deviceId, label: deviceId }))]}
      />
    );
  }
  if (rule.kind === 'free_time') {
    const homes = draft.rules.filter(({ kind, ruleId }) => kind === 'inclusion' && ruleId !== '');
    return (
      <Choice
        path={`${path}.inclusionRuleId`}
        label="order.f.inclusionRuleId"
        value={rule.inclusionRuleId}
        onChange={(inclusionRuleId) => onChange({ inclusionRuleId })}
        options={[none, ...homes.map(({ ruleId }) => ({ value: ruleId, label: ruleId }))]}
      />
    );
  }
  if (rule.kind !== 'inclusion') return null;
  return (
    <Text
      path={`${path}.beacons`}
      label="order.f.beacons"
      value={rule.beacons}
      onChange={(beacons) => onChange({ beacons })}
    />
  );
}
