// Who and what a new measure is. Of one that is recorded already the same stands there to read.
import { ActionIcon, Button } from '@mantine/core';
import { useWords } from '../i18n/language.ts';
import { Glyph } from '../shell/glyph.tsx';
import { useDesk } from '../shell/desk-context.ts';
import { CANTONS, LEGAL_BASES, MODES } from './choices.ts';
import { newKey } from './draft.ts';
import { Choice, Text } from './fields.tsx';
import { useEdit, useOrdering } from './use-ordering.ts';

export function CaseFields() {
  const { say } = useWords();
  const { base, draft } = useOrdering();
  const session = useDesk((state) => state.session);
  const edit = useEdit();
  const { caseId, authority, legalBasis, mode, person, devices } = draft.case;
  if (base !== null) return <Recorded />;
  const none = { value: '', label: say('order.choose') };
  return (
    <section className="order-part" aria-labelledby="order-case">
      <h3 id="order-case">{say('order.case')}</h3>
      <div className="order-fields">
        <Text
          path="caseId"
          label="order.f.caseId"
          required
          value={caseId}
          onChange={(value) => edit.theCase({ caseId: value })}
        />
        <Text
          path="person.name"
          label="order.f.person"
          value={person}
          onChange={(value) => edit.theCase({ person: value })}
        />
        <Choice
          path="authority"
          label="order.f.authority"
          value={authority}
          onChange={(value) => edit.theCase({ authority: value })}
          options={
            session?.canton == null
              ? [none, ...CANTONS.map((code) => ({ value: code, label: code }))]
              : [{ value: session.canton, label: session.canton }]
          }
        />
        <Choice
          path="legalBasis"
          label="order.f.legalBasis"
          value={legalBasis}
          onChange={(value) => edit.theCase({ legalBasis: value })}
          options={[none, ...LEGAL_BASES.map((norm) => ({ value: norm, label: norm }))]}
        />
        <Choice
          path="mode"
          label="order.f.mode"
          hint={`order.mode.${mode}`}
          value={mode}
          onChange={(value) => edit.theCase({ mode: MODES.find((known) => known === value) ?? mode })}
          options={MODES.map((value) => ({ value, label: say(`case.mode.${value}`) }))}
        />
      </div>
      {devices.map((device, i) => {
        const change = (patch: Partial<typeof device>) =>
          edit.theCase({ devices: devices.map((one) => (one.key === device.key ? { ...one, ...patch } : one)) });
        return (
          <div key={device.key} className="order-row">
            <Text
              path={`devices[${i}].deviceId`}
              label="order.f.deviceId"
              required
              value={device.deviceId}
              onChange={(deviceId) => change({ deviceId })}
            />
            <Choice
              path={`devices[${i}].role`}
              label="order.f.role"
              value={device.role}
              onChange={(role) => change({ role: role === 'protected' ? 'protected' : 'wearer' })}
              options={[
                { value: 'wearer', label: say('case.wearer') },
                { value: 'protected', label: say('case.protected') },
              ]}
            />
            {devices.length > 1 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={say('order.remove')}
                title={say('order.remove')}
                onClick={() => edit.theCase({ devices: devices.filter(({ key }) => key !== device.key) })}
              >
                <Glyph name="close" />
              </ActionIcon>
            )}
          </div>
        );
      })}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<Glyph name="plus" />}
        onClick={() => edit.theCase({ devices: [...devices, { key: newKey(), deviceId: '', role: 'protected' }] })}
      >
        {say('order.addDevice')}
      </Button>
    </section>
  );
}

function Recorded() {
  const { say } = useWords();
  const { authority, legalBasis, mode, person, devices } = useOrdering().draft.case;
  return (
    <section className="order-part" aria-labelledby="order-case">
      <h3 id="order-case">{say('order.case')}</h3>
      <dl className="terms">
        {person !== '' && (
          <>
            <dt>{say('case.person')}</dt>
            <dd>{person}</dd>
          </>
        )}
        <dt>{say('case.authority')}</dt>
        <dd>{authority}</dd>
        <dt>{say('case.basis')}</dt>
        <dd>{legalBasis}</dd>
        <dt>{say('case.mode')}</dt>
        <dd>{say(`case.mode.${mode}`)}</dd>
        {devices.map(({ key, deviceId, role }) => (
          <div key={key} className="terms-row">
            <dt>{say(role === 'wearer' ? 'case.wearer' : 'case.protected')}</dt>
            <dd>
              <code>{deviceId}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
