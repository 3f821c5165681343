// The place of a rule: a circle, an area, a way with its width, or a zone that many orders share. Drawn on the map, typed, pasted, or read
// from a file; the text is what counts, and the map shows it.
import { Button, FileButton, Textarea } from '@mantine/core';
import type { SharedZoneView } from '@vigie/api/contract';
import { useWords } from '../i18n/language.ts';
import { useClient } from '../shell/desk-context.ts';
import type { RuleDraft, ZoneDraft } from './draft.ts';
import { Choice, Text } from './fields.tsx';
import { ProblemList, idOf, useProblemsUnder } from './problems.tsx';
import { drawnZone } from './order-text.ts';
import { useEdit, useOrdering } from './use-ordering.ts';
import { lineOf, readZone } from './zone-text.ts';

const SHAPES = ['circle', 'area', 'corridor', 'shared'] as const;
/** A canton's whole cadastre is no zone; the API takes 2 MB. */
const FILE_BYTES_MAX = 2_000_000;

interface Props {
  readonly rule: RuleDraft;
  readonly path: string;
  readonly shared: readonly SharedZoneView[];
}

export function ZoneFields({ rule, path, shared }: Props) {
  const { say } = useWords();
  const edit = useEdit();
  const { zone } = rule;
  const change = (patch: Partial<ZoneDraft>) => edit.rule(rule.key, { zone: { ...zone, ...patch } });
  return (
    <div className="order-zone">
      <div className="order-row">
        <Choice
          path={`${path}.type`}
          label="order.f.zone"
          value={zone.shape}
          onChange={(shape) => change({ shape: SHAPES.find((known) => known === shape) ?? zone.shape })}
          options={SHAPES.map((value) => ({ value, label: say(`order.shape.${value}`) }))}
        />
        {zone.shape === 'circle' && (
          <>
            <Text
              path={`${path}.center`}
              label="order.f.center"
              value={zone.center}
              onChange={(center) => change({ center })}
              required
            />
            <Text
              path={`${path}.radiusM`}
              label="order.f.radiusM"
              unit="m"
              numeric
              value={zone.radiusM}
              onChange={(radiusM) => change({ radiusM })}
              required
            />
          </>
        )}
        {zone.shape === 'corridor' && (
          <Text
            path={`${path}.widthM`}
            label="order.f.widthM"
            unit="m"
            numeric
            value={zone.widthM}
            onChange={(widthM) => change({ widthM })}
            required
          />
        )}
        {zone.shape === 'shared' && (
          <Choice
            path={`${path}.sharedZoneId`}
            label="order.f.sharedZoneId"
            value={zone.sharedZoneId}
            onChange={(sharedZoneId) => change({ sharedZoneId })}
            options={[
              { value: '', label: say('order.choose') },
              ...shared.map(({ zoneId, name, authority }) => ({ value: zoneId, label: `${name} (${authority})` })),
            ]}
          />
        )}
      </div>
      {(zone.shape === 'area' || zone.shape === 'corridor') && (
        <Points rule={rule} path={path} onChange={(points) => change({ points })} />
      )}
      {zone.shape !== 'shared' && <Tools rule={rule} onChange={change} />}
    </div>
  );
}

function Points({
  rule: { zone },
  path,
  onChange,
}: Pick<Props, 'rule' | 'path'> & { readonly onChange: (points: string) => void }) {
  const { say } = useWords();
  const own = zone.shape === 'area' ? 'coordinates' : 'line';
  const under = useProblemsUnder(path);
  // The width has its own place; everything else about the zone is about its points.
  const problems = under.filter(({ field }) => field !== `${path}.widthM`);
  return (
    <Textarea
      id={idOf(`${path}.${own}`)}
      label={say('order.f.coordinates')}
      description={say(zone.shape === 'area' ? 'order.pointsHint' : 'order.wayHint')}
      value={zone.points}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={problems.length === 0 ? null : <ProblemList of={problems} />}
      rows={5}
      size="xs"
      spellCheck={false}
      className="order-points"
      data-test="zone-points"
    />
  );
}

/** Drawing on the map, the last point back, a file in. */
function Tools({
  rule,
  onChange,
}: {
  readonly rule: RuleDraft;
  readonly onChange: (patch: Partial<ZoneDraft>) => void;
}) {
  const { say } = useWords();
  const { orders } = useClient();
  const { drawing } = useOrdering();
  const { zone, key } = rule;
  const isDrawing = drawing === key;
  const read = zone.shape === 'circle' ? null : readZone(zone.points, zone.shape === 'area' ? 'area' : 'corridor');
  return (
    <div className="actions-line">
      <Button
        size="compact-xs"
        variant={isDrawing ? 'filled' : 'default'}
        aria-pressed={isDrawing}
        disabled={read?.kind === 'zone' || read?.kind === 'bad'}
        onClick={() => orders.patch(() => ({ drawing: isDrawing ? null : key, looking: { rule: key } }))}
        data-test="draw"
      >
        {say(isDrawing ? 'order.drawEnd' : 'order.draw')}
      </Button>
      {drawnZone(zone) !== undefined && (
        <Button
          size="compact-xs"
          variant="default"
          className="order-look"
          onClick={() => orders.patch(() => ({ looking: { rule: key } }))}
        >
          {say('order.look')}
        </Button>
      )}
      {read?.kind === 'points' && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => onChange({ points: read.points.slice(0, -1).map(lineOf).join('\n') })}
        >
          {say('order.drawBack')}
        </Button>
      )}
      {zone.shape !== 'circle' && (
        <FileButton
          accept=".geojson,.json,.txt,.csv,application/geo+json"
          onChange={(file) => {
            if (file === null) return;
            if (file.size > FILE_BYTES_MAX) return onChange({ points: say('order.fileTooLarge') });
            void file.text().then((points) => {
              onChange({ points });
              orders.patch(() => ({ looking: { rule: key } }));
            });
          }}
        >
          {(props) => (
            <Button size="compact-xs" variant="default" {...props}>
              {say('order.file')}
            </Button>
          )}
        </FileButton>
      )}
      {isDrawing && (
        <small role="status">{say(zone.shape === 'circle' ? 'order.drawCircle' : 'order.drawPoints')}</small>
      )}
    </div>
  );
}
