import { Button } from '@mantine/core';
import type { CaseDetail, RuleView } from '@vigie/api/contract';
import { useWords, wordFor } from '../i18n/language.ts';
import { age, date, dayAndTime, duration, metres } from '../i18n/quantities.ts';
import { useClient, useDesk, useMayDecide } from '../shell/desk-context.ts';
import { Glyph } from '../shell/glyph.tsx';
import { useSiteNow } from '../shell/now.ts';
import type { Loaded } from '../state/console-state.ts';
import { Refusal } from './refusal.tsx';

export function Order({ detail }: { readonly detail: Loaded<CaseDetail> }) {
  const { say } = useWords();
  const { orders } = useClient();
  const mayDecide = useMayDecide();
  const track = useDesk((state) => state.focus?.track);
  return (
    <section className="block">
      <h3>{say('case.order')}</h3>
      {mayDecide && detail.kind === 'loaded' && detail.value.state !== 'ended' && (
        <Button
          size="compact-xs"
          variant="default"
          className="vary"
          leftSection={<Glyph name="pen" />}
          onClick={() => void orders.open(detail.value.caseId)}
          data-test="vary"
        >
          {say('order.vary')}
        </Button>
      )}
      {detail.kind === 'loaded' ? <Known order={detail.value} /> : <Refusal of={detail} />}
      {track?.kind === 'refused' && <Refusal of={track} />}
    </section>
  );
}

function Known({ order }: { readonly order: CaseDetail }) {
  const { say, language } = useWords();
  const nowMs = useSiteNow();
  const until = order.validTo === null ? say('case.validOpen') : date(language, order.validTo);
  return (
    <>
      <dl className="terms">
        {order.person !== undefined && (
          <>
            <dt>{say('case.person')}</dt>
            <dd>{order.person.name}</dd>
          </>
        )}
        <dt>{say('case.mode')}</dt>
        <dd>{say(`case.mode.${order.mode}`)}</dd>
        <dt>{say('case.authority')}</dt>
        <dd>{order.authority}</dd>
        <dt>{say('case.basis')}</dt>
        <dd>{order.legalBasis}</dd>
        <dt>{say('case.valid')}</dt>
        <dd>
          {date(language, order.validFrom)} – {until}
        </dd>
        {order.devices.map((device) => (
          <Device key={device.deviceId} device={device} nowMs={nowMs} />
        ))}
      </dl>
      <h3>{say('case.rules')}</h3>
      <ul className="rules">
        {order.rules.map((rule) => (
          <Rule key={rule.ruleId} rule={rule} />
        ))}
      </ul>
    </>
  );
}

function Device({ device, nowMs }: { readonly device: CaseDetail['devices'][number]; readonly nowMs: number }) {
  const { say } = useWords();
  const { lastFixAt, batteryPct } = device;
  return (
    <>
      <dt>{say(device.role === 'wearer' ? 'case.wearer' : 'case.protected')}</dt>
      <dd>
        {lastFixAt === null ? say('case.noFix') : say('case.lastFix', { age: age(say, nowMs - Date.parse(lastFixAt)) })}
        {batteryPct !== undefined && ` · ${batteryPct} %`}
      </dd>
    </>
  );
}

function Rule({ rule }: { readonly rule: RuleView }) {
  const { say, language } = useWords();
  const more = [
    rule.bufferM === undefined || rule.bufferM === 0 ? null : say('case.buffer', { m: metres(language, rule.bufferM) }),
    rule.graceS === undefined || rule.graceS === 0 ? null : say('case.grace', { s: age(say, rule.graceS * 1000) }),
    rule.activeNow === false ? say('case.notNow') : null,
  ].filter((part) => part !== null);
  return (
    <li>
      {wordFor(say, 'order.kind', rule.kind)} <code>{rule.ruleId}</code>
      {rule.zoneName !== undefined && <small>{say('case.sharedZone', { name: rule.zoneName })}</small>}
      {more.length > 0 && <small>{more.join(' · ')}</small>}
      {rule.freeTime !== undefined && <FreeTime of={rule.freeTime} />}
    </li>
  );
}

/** Hours of the week, as far as this site has counted them. */
function FreeTime({ of: { budgetS, usedS, weekEndsAt } }: { readonly of: NonNullable<RuleView['freeTime']> }) {
  const { say, language } = useWords();
  const leftS = Math.max(0, budgetS - usedS);
  const values = {
    used: duration(say, usedS),
    budget: duration(say, budgetS),
    left: duration(say, leftS),
    until: dayAndTime(language, weekEndsAt),
  };
  return (
    <div className="free-time" data-test="free-time">
      <meter
        min={0}
        max={budgetS}
        value={Math.min(usedS, budgetS)}
        high={budgetS * 0.9}
        aria-label={say('case.freeTime', values)}
      />
      <small>{say('case.freeTime', values)}</small>
    </div>
  );
}
